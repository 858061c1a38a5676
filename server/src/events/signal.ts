/**
 * A latch between one that tells and one that waits. A raise before the wait lets the wait through
 * at once, and any number of raises count as one: a slow reader is told to look again, not how often.
 */
export class Signal {
  private raised = false;
  private release: (() => void) | undefined;

  /** Bound, so that it can be handed out as a callback. */
  readonly raise = (): void => {
    this.raised = true;
    this.release?.();
  };

  /** Resolves at the next raise, or at once if there was one since the last wait. */
  async wait(): Promise<void> {
    if (!this.raised) {
      await new Promise<void>((resolve) => {
        this.release = resolve;
      });
      this.release = undefined;
    }
    this.raised = false;
  }
}

/** Aborted once a subscription's reader has left (`stop`); `news` is raised then, so nobody waits on. */
export function leaving(stop: Promise<unknown>, news: Signal): AbortSignal {
  const left = new AbortController();
  void stop.then(() => {
    left.abort();
    news.raise();
  });
  return left.signal;
}
