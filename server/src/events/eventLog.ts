import { type Database, type RunEvent, runChannel } from "@opnas/prisma";
import type { Notifications } from "./notifications.js";

/** Events read at once: a replay of a long run goes in steps of this. */
export const batchSize = 200;

/** The stored events of runs, read in order. */
export class EventLog {
  private readonly database: Database;
  private readonly reading = new Map<string, Promise<RunEvent[]>>();

  constructor(database: Database, notifications: Notifications) {
    this.database = database;
    // A query under way may have begun before what is told now: nobody may join it any more.
    notifications.listen(runChannel, () => this.reading.clear());
  }

  /**
   * The next events of a run with seq > `after`, at most `batchSize`. All who follow one run live
   * ask the same at the same time: they share one query.
   */
  read(runId: string, after: number): Promise<RunEvent[]> {
    const key = `${runId}:${after}`;
    const shared = this.reading.get(key);
    if (shared !== undefined) return shared;
    const reading = this.database.runEvent.findMany({
      where: { runId, seq: { gt: after } },
      orderBy: { seq: "asc" },
      take: batchSize,
    });
    const settled = reading.finally(() => {
      if (this.reading.get(key) === settled) this.reading.delete(key);
    });
    this.reading.set(key, settled);
    return settled;
  }
}
