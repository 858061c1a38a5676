const minute = 60_000;

/**
 * Wraps a listener for errors so that it gets each sentence at most once a minute: an outage of the
 * database makes every heartbeat and every look into the queue fail, and one line tells all of it.
 */
export function oncePerMinute(
  listener: (error: unknown) => void,
  now: () => number = () => performance.now(),
): (error: unknown) => void {
  const told = new Map<string, number>();
  return (error) => {
    const time = now();
    for (const [sentence, at] of told) if (time - at >= minute) told.delete(sentence);
    const sentence = error instanceof Error ? error.message : String(error);
    if (told.has(sentence)) return;
    told.set(sentence, time);
    listener(error);
  };
}
