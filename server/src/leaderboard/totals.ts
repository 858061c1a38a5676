import type { EventFeed } from "../events/feed.js";
import type { RowCount } from "../pagination/keyset.js";
import type { Board } from "./filter.js";

/** The leaderboards whose counts are kept. */
const maxKept = 500;

/** The kinds of events after which rows may be missing from a leaderboard. */
const removing: ReadonlySet<string> = new Set([
  "run.visibility",
  "run.edited",
  "architecture.edited",
]);

/**
 * The counts of leaderboards that have more rows than are counted. Such a count stays what it is while results
 * are added, so it is kept, for all who ask, until rows may have left a leaderboard: until a run is archived,
 * deleted, renamed or tagged, or an architecture is edited. Smaller counts are read whenever they are asked for.
 */
export class CappedTotals {
  private readonly kept = new Map<string, RowCount>();
  /** Raised when the counts are dropped, so that one which was begun before is not kept. */
  private age = 0;
  private isListening = false;

  constructor(private readonly feed: EventFeed) {}

  /** Returns the count of a leaderboard, by `read` unless it is kept. */
  async of({ key }: Board, read: () => Promise<RowCount>): Promise<RowCount> {
    this.listen();
    const known = this.kept.get(key);
    const { age } = this;
    const count = known ?? (await read());
    if (!count.isCapped || this.age !== age) return count;
    // A Map lists its keys in the order in which they were set: the first is the one longest unused.
    this.kept.delete(key);
    this.kept.set(key, count);
    const [oldest] = this.kept.keys();
    if (this.kept.size > maxKept && oldest !== undefined) this.kept.delete(oldest);
    return count;
  }

  private listen(): void {
    if (this.isListening) return;
    this.isListening = true;
    this.feed.listen((_runId, events) => {
      if (!events.some(({ kind }) => removing.has(kind))) return;
      this.kept.clear();
      this.age += 1;
    });
  }
}
