import { errorCodes, errorKinds } from "@opnas/core";
import type { Transaction } from "../client.js";

/** Codes of failures that no machine and no later version evaluates, such as a wrong architecture. */
const lastingCodes = errorCodes.filter((code) => errorKinds[code] === "user");

/**
 * Opens the failed candidates and references of a run again, so that a resumed run tries them, and
 * counts the failed attempts of all its work anew. Those that can be evaluated nowhere stay failed.
 * The caller holds the lock of the run's row and enqueues the open work.
 */
export async function reopenFailures(tx: Transaction, runId: string): Promise<void> {
  await tx.attempt.updateMany({ where: { runId }, data: { failures: 0, progress: 0 } });
  const failed = await tx.architecture.findMany({
    where: { runId, failureCode: { not: null, notIn: lastingCodes } },
    select: { id: true, generationId: true, reference: true },
  });
  await tx.architecture.updateMany({
    where: { id: { in: failed.map(({ id }) => id) } },
    data: { failureCode: null, failureReason: null },
  });
  const candidates = failed.filter(({ reference }) => reference === null);
  for (const [id, { length }] of Map.groupBy(candidates, ({ generationId }) => generationId)) {
    await tx.generation.update({
      where: { id },
      data: { evaluated: { decrement: length }, finishedAt: null },
    });
  }
  await tx.searchRun.update({
    where: { id: runId },
    data: {
      failures: { decrement: candidates.length },
      progressDone: { decrement: candidates.length },
    },
  });
}
