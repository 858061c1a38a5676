import type { Database, RunStatus, SearchRun } from "@opnas/prisma";
import { Repeater } from "@repeaterjs/repeater";
import type { EventFeed } from "../events/feed.js";
import { pace } from "../events/pace.js";
import type { Patience } from "../events/patience.js";
import { leaving, Signal } from "../events/signal.js";

/** Runs that are not over. */
const open: RunStatus[] = ["QUEUED", "RUNNING", "PAUSED"];

/**
 * Every run that is not over, at once; then each run that is new or has changed, as it is when it
 * is sent, at most four times a second.
 */
export function runChanges(services: {
  database: Database;
  feed: EventFeed;
  patience: Patience;
}): AsyncIterable<SearchRun> {
  const { database, feed, patience } = services;
  return new Repeater<SearchRun>(async (push, stop) => {
    const changed = new Set<string>();
    const news = new Signal();
    const unlisten = feed.listen((runId) => {
      changed.add(runId);
      news.raise();
    });
    const left = leaving(stop, news);
    const readOpen = () =>
      database.searchRun.findMany({ where: { status: { in: open } }, orderBy: { id: "asc" } });
    const readChanged = (ids: string[]) =>
      database.searchRun.findMany({ where: { id: { in: ids } }, orderBy: { id: "asc" } });
    try {
      let runs = await patience.read(readOpen, left);
      while (!left.aborted) {
        for (const run of runs ?? []) await push(run);
        await pace(left);
        await news.wait();
        const ids = [...changed];
        changed.clear();
        runs = await patience.read(() => readChanged(ids), left);
      }
    } finally {
      unlisten();
    }
  });
}
