import type { Context } from "../context.js";
import { runsOf } from "../identity/visible.js";
import type { Worker } from "./types.js";

/** An id of a row in a sentence, as a UUID is written. */
const rowId = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;

/** The word that stands for the id of another team's row. */
const foreign = "of another team";

/**
 * Returns workers, which all teams share, without the ids of other teams' rows in what they work on and
 * why they rest: one query for all of them, and none for a caller who sees the rows of all teams.
 */
export async function withoutForeignIds(
  { database, teamIds }: Pick<Context, "database" | "teamIds">,
  workers: readonly Worker[],
): Promise<Worker[]> {
  const sentences = workers.flatMap(({ currentJobs, restReason }) => [
    ...currentJobs,
    restReason ?? "",
  ]);
  const ids = [...new Set(sentences.flatMap((sentence) => sentence.match(rowId) ?? []))];
  if (teamIds === undefined || ids.length === 0) return [...workers];
  const run = runsOf(teamIds);
  const id = { in: ids };
  const found = await Promise.all([
    database.searchRun.findMany({ where: { id, ...run }, select: { id: true } }),
    database.architecture.findMany({ where: { id, run }, select: { id: true } }),
    database.pretraining.findMany({ where: { id, architecture: { run } }, select: { id: true } }),
  ]);
  const own = new Set(found.flat().map((row) => row.id));
  const told = (sentence: string) =>
    sentence.replace(rowId, (each) => (own.has(each) ? each : foreign));
  return workers.map((worker) => {
    const currentJobs = worker.currentJobs.map(told);
    const restReason = worker.restReason === null ? null : told(worker.restReason);
    return Object.assign({}, worker, { currentJobs, restReason });
  });
}
