import type { Database, RunStatus, SearchRun } from "@opnas/prisma";
import type { EventFeed } from "../events/feed.js";
import { throttle } from "../events/throttle.js";
import type { Backoff } from "../events/backoff.js";
import { Latch } from "../events/latch.js";
import { type Publish, SharedStream } from "../events/sharedStream.js";
import { isOfTeams, runsOf, type TeamIds } from "../identity/visible.js";

/** The states of runs that are not over. */
const openStatuses: RunStatus[] = ["QUEUED", "RUNNING", "PAUSED"];

interface Services {
  database: Database;
  feed: EventFeed;
  backoff: Backoff;
}

/** The changes of runs, which are read once for all who follow them. */
export class RunStream {
  private readonly stream: SharedStream<SearchRun>;

  constructor(private readonly services: Services) {
    this.stream = new SharedStream<SearchRun>((publish, signal) => this.produce(publish, signal));
  }

  /**
   * Streams every run of these teams that is not over, at once; then each run that is new or has changed, in its
   * state at the time of sending, at most four times a second.
   */
  follow(teamIds: TeamIds): AsyncIterable<SearchRun> {
    const { database, backoff } = this.services;
    const readOpen = () =>
      database.searchRun.findMany({
        where: { status: { in: openStatuses }, ...runsOf(teamIds) },
        orderBy: { id: "asc" },
      });
    return this.stream.follow(
      async (signal) => (await backoff.retry(readOpen, signal)) ?? [],
      (run) => isOfTeams(teamIds, run),
    );
  }

  private async produce(publish: Publish<SearchRun>, signal: AbortSignal): Promise<void> {
    const { database, feed, backoff } = this.services;
    const changedIds = new Set<string>();
    const changed = new Latch();
    signal.addEventListener("abort", changed.release);
    const unlisten = feed.listen((runId) => {
      changedIds.add(runId);
      changed.release();
    });
    const readChanged = (ids: string[]) =>
      database.searchRun.findMany({ where: { id: { in: ids } }, orderBy: { id: "asc" } });
    try {
      while (!signal.aborted) {
        await changed.wait();
        const ids = [...changedIds];
        changedIds.clear();
        const runs = await backoff.retry(() => readChanged(ids), signal);
        if (runs !== undefined && runs.length > 0) await publish(runs);
        await throttle(signal);
      }
    } finally {
      unlisten();
    }
  }
}
