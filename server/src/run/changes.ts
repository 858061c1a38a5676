import type { Database, RunStatus, SearchRun } from "@opnas/prisma";
import { Repeater } from "@repeaterjs/repeater";
import type { EventFeed } from "../events/feed.js";
import { throttle } from "../events/throttle.js";
import type { Backoff } from "../events/backoff.js";
import { runsOf, type TeamIds } from "../identity/visible.js";
import { abortOnLeave, Latch } from "../events/latch.js";

/** The states of runs that are not over. */
const openStatuses: RunStatus[] = ["QUEUED", "RUNNING", "PAUSED"];

/**
 * Streams every run of the caller's teams that is not over, at once; then each run that is new or has changed, in its
 * state at the time of sending, at most four times a second.
 */
export function runChanges(services: {
  database: Database;
  feed: EventFeed;
  backoff: Backoff;
  teamIds: TeamIds;
}): AsyncIterable<SearchRun> {
  const { database, feed, backoff, teamIds } = services;
  const isTheirs = runsOf(teamIds);
  return new Repeater<SearchRun>(async (push, stop) => {
    const changedIds = new Set<string>();
    const changed = new Latch();
    const unlisten = feed.listen((runId) => {
      changedIds.add(runId);
      changed.release();
    });
    const signal = abortOnLeave(stop, changed);
    const readOpen = () =>
      database.searchRun.findMany({
        where: { status: { in: openStatuses }, ...isTheirs },
        orderBy: { id: "asc" },
      });
    const readChanged = (ids: string[]) =>
      database.searchRun.findMany({
        where: { id: { in: ids }, ...isTheirs },
        orderBy: { id: "asc" },
      });
    try {
      let runs = await backoff.retry(readOpen, signal);
      while (!signal.aborted) {
        for (const run of runs ?? []) await push(run);
        await throttle(signal);
        await changed.wait();
        const ids = [...changedIds];
        changedIds.clear();
        runs = await backoff.retry(() => readChanged(ids), signal);
      }
    } finally {
      unlisten();
    }
  });
}
