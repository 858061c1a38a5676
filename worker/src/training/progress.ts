import { toOpnasError } from "@opnas/core";

/**
 * Reports progress at most every so many milliseconds and one report at a time. What comes meanwhile
 * is merged into the next report; a report that fails is merged, too, and made again with it.
 */
export class ProgressReporter<P> {
  private pending: P | undefined;
  private lastReport = -Infinity;
  private reporting: Promise<void> | undefined;
  private isUrgent = false;

  /**
   * @param report stores or sends a progress
   * @param merge makes one progress of two, the earlier and the later; by default the later counts
   */
  constructor(
    private readonly report: (progress: P) => void | Promise<void>,
    private readonly everyMilliseconds: number,
    private readonly merge: (earlier: P, later: P) => P = (_, later) => later,
  ) {}

  /** Takes a progress in; an urgent one is reported as soon as no report is under way. */
  add(progress: P, isUrgent = false): void {
    this.pending = this.pending === undefined ? progress : this.merge(this.pending, progress);
    this.isUrgent ||= isUrgent;
    const isDue = performance.now() - this.lastReport >= this.everyMilliseconds;
    if (!this.reporting && (isDue || this.isUrgent)) this.start();
  }

  /** Waits for the report under way; what came meanwhile is left out. */
  async idle(): Promise<void> {
    await this.reporting;
  }

  /**
   * Waits for the report under way, then reports what is left.
   * @throws what the report throws
   */
  async flush(): Promise<void> {
    await this.reporting;
    await this.reportPending();
  }

  private start(): void {
    this.reporting = this.reportPending()
      // The work goes on without it: nothing is lost, for it is reported again with the next.
      .catch((error: unknown) => {
        // The last line is the reason; Prisma puts the query before it.
        const reason = toOpnasError(error).message.trim().split("\n").at(-1);
        console.error(`Could not report progress: ${reason}`);
      })
      .finally(() => {
        this.reporting = undefined;
        if (this.isUrgent) this.start();
      });
  }

  private async reportPending(): Promise<void> {
    const progress = this.pending;
    if (progress === undefined) return;
    this.pending = undefined;
    this.isUrgent = false;
    this.lastReport = performance.now();
    try {
      await this.report(progress);
    } catch (error) {
      this.restore(progress);
      throw error;
    }
  }

  /** Puts a progress that could not be reported before what came meanwhile. */
  private restore(progress: P): void {
    this.pending = this.pending === undefined ? progress : this.merge(progress, this.pending);
  }
}
