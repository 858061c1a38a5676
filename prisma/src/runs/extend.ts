import { OpnasError, candidateCount, excessOfCandidates, searchSettingsSchema } from "@opnas/core";
import type { Database } from "../client.js";
import type { SearchRun } from "../generated/client.js";
import type { Queue } from "../queue.js";
import { requireRun, settingsOfRun } from "./lifecycle.js";
import { enqueueNextGeneration } from "./nextGeneration.js";
import { requireQuota, type RunQuota } from "./quota.js";
import { appendEvents, lockRun } from "./row.js";
import { requireListed } from "./visibility.js";

/**
 * Lets a finished run go on for more generations, under the lock of its row: raises
 * `settings.generations`, sets it to `QUEUED`, appends `run.extended` and enqueues the next
 * generation's job. It then ends as if it had been started with the larger budget.
 * @throws OpnasError `NOT_FOUND`; `WRONG_STATE` unless the run is done; `BAD_INPUT` for a number of
 * generations that settings do not allow, or that makes too many candidates; `QUOTA_EXCEEDED`
 */
export async function extendRun(
  db: Database,
  queue: Queue,
  runId: string,
  generations: number,
  quota?: RunQuota,
): Promise<SearchRun> {
  return db.$transaction(async (tx) => {
    await requireRun(tx, runId);
    const run = await lockRun(tx, runId);
    if (run.status !== "DONE") {
      const message = `Run ${run.name} is ${run.status.toLowerCase()}; only a finished run can be extended.`;
      throw new OpnasError("WRONG_STATE", message);
    }
    requireListed(run, "extended");
    const before = settingsOfRun(run);
    const wanted = searchSettingsSchema.safeParse({
      ...before,
      generations: before.generations + generations,
    });
    if (!Number.isInteger(generations) || generations < 1 || !wanted.success) {
      const message = `Run ${run.name} has ${before.generations} generations and cannot get ${generations} more: the number must be 1 or more, and all together at most 10,000.`;
      throw new OpnasError("BAD_INPUT", message);
    }
    const settings = wanted.data;
    const excess = excessOfCandidates(settings);
    if (excess !== null) {
      const message = `Run ${run.name} cannot get ${generations} more generations: ${excess}.`;
      throw new OpnasError("BAD_INPUT", message);
    }
    const candidates = candidateCount(settings);
    await tx.searchRun.update({
      where: { id: runId },
      data: {
        settings,
        status: "QUEUED",
        phase: "SEARCHING",
        progressTotal: candidates,
        finishedAt: null,
      },
    });
    if (quota !== undefined) await requireQuota(tx, run, quota);
    const reason = `extend by ${generations} generations was asked for`;
    await appendEvents(tx, runId, [
      { kind: "run.extended", payload: { generations: settings.generations, candidates } },
      { kind: "run.status", payload: { status: "QUEUED", reason } },
    ]);
    await enqueueNextGeneration(queue, tx, runId);
    return tx.searchRun.findUniqueOrThrow({ where: { id: runId } });
  });
}
