/**
 * A latch for one waiting task, which closes again behind it. A release before the wait lets the
 * wait through at once, and any number of releases before it count as one: a slow reader learns that
 * something changed, not how often.
 */
export class Latch {
  private isReleased = false;
  private resolve: (() => void) | undefined;

  /** Lets the waiting task through, or the next one. It is bound, so that it can be a callback. */
  readonly release = (): void => {
    this.isReleased = true;
    this.resolve?.();
  };

  /** Resolves at the next release, or at once if there was one since the last wait. */
  async wait(): Promise<void> {
    if (!this.isReleased) {
      await new Promise<void>((resolve) => {
        this.resolve = resolve;
      });
      this.resolve = undefined;
    }
    this.isReleased = false;
  }
}

/**
 * Returns a signal that is aborted once a subscription's reader has left, which is when `stop`
 * resolves. The latch is released then, so that no task waits for ever.
 */
export function abortOnLeave(stop: Promise<unknown>, latch: Latch): AbortSignal {
  const controller = new AbortController();
  void stop.then(() => {
    controller.abort();
    latch.release();
  });
  return controller.signal;
}
