import type { Transaction } from "../client.js";
import { enqueueEvolveJob, enqueueTrainerJobs, type Queue } from "../queue.js";

/** Condition on an architecture that its evaluation has neither a result nor failed for good. */
export const isOpen = { evaluations: { none: {} }, failureCode: null } as const;

/**
 * Enqueues the jobs of a run's open work: the super-net job before the search, else an evaluate job
 * for each open architecture and, when none of these is a candidate, the evolve job of the next
 * generation. The caller holds the lock of the run's row.
 */
export async function enqueueOpenWork(queue: Queue, tx: Transaction, runId: string): Promise<void> {
  const run = await tx.searchRun.findUniqueOrThrow({ where: { id: runId } });
  if (run.phase === "PREPARING" || run.phase === "SUPERNET") {
    await enqueueTrainerJobs(queue, tx, [{ kind: "superNet", runId }]);
    return;
  }
  const open = await tx.architecture.findMany({
    where: { runId, ...isOpen },
    orderBy: [{ generation: { index: "asc" } }, { indexInGeneration: "asc" }],
    select: { id: true, reference: true },
  });
  if (open.length > 0) {
    const jobs = open.map(({ id }) => ({ kind: "evaluate" as const, runId, architectureId: id }));
    await enqueueTrainerJobs(queue, tx, jobs);
  }
  if (open.some(({ reference }) => reference === null)) return;
  await enqueueNextGeneration(queue, tx, runId);
}

/** Enqueues the evolve job of the generation after a run's newest. */
export async function enqueueNextGeneration(
  queue: Queue,
  tx: Transaction,
  runId: string,
): Promise<void> {
  const generation = await tx.generation.count({ where: { runId } });
  await enqueueEvolveJob(queue, tx, { runId, generation });
}
