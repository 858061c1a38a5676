import {
  type Database,
  type Notifications,
  type RunEvent,
  runChannel,
  withoutCancellation,
} from "@opnas/prisma";

/** The most events of one read; a long run is replayed in batches of this size. */
export const batchSize = 200;

/** Reads the stored events of runs in order. */
export class EventLog {
  private readonly database: Database;
  private readonly reading = new Map<string, Promise<RunEvent[]>>();

  constructor(database: Database, notifications: Notifications) {
    this.database = database;
    // A query under way may have begun before this event: no reader may share it any more.
    notifications.listen(runChannel, () => this.reading.clear());
  }

  /**
   * Returns the next events of a run with seq > `after`, at most `batchSize`. All readers that follow
   * one run live ask for the same events at the same time: they share one query.
   */
  read(runId: string, after: number): Promise<RunEvent[]> {
    const key = `${runId}:${after}`;
    const shared = this.reading.get(key);
    if (shared !== undefined) return shared;
    const reading = withoutCancellation(() =>
      this.database.runEvent.findMany({
        where: { runId, seq: { gt: after } },
        orderBy: { seq: "asc" },
        take: batchSize,
      }),
    );
    const settled = reading.finally(() => {
      if (this.reading.get(key) === settled) this.reading.delete(key);
    });
    this.reading.set(key, settled);
    return settled;
  }
}
