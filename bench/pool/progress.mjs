const start = performance.now();

/** Time left, from the share that is done. */
export function eta() {
  const begin = performance.now();
  return (share) => {
    const left = ((performance.now() - begin) / 1000) * (1 / share - 1);
    return `about ${left < 90 ? `${left.toFixed(0)} s` : `${(left / 60).toFixed(1)} min`} left`;
  };
}

/** A line on stderr; with `every`, not more often than that many milliseconds. */
export function note(text, every = 0) {
  const now = performance.now();
  if (now - (note.last ?? -Infinity) < every) return;
  note.last = now;
  console.error(`[${((now - start) / 1000).toFixed(0)} s] ${text}`);
}
