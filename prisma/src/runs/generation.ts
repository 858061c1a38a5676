import type { OperationPriority } from "@opnas/core";
import type { Database, Transaction } from "../client.js";
import { enqueueTrainerJobs, type Queue } from "../queue.js";
import type { NewCandidate, NewReference } from "./newCandidates.js";
import { type WorkClaim, writeUnderWorkClaim } from "./claim.js";
import { continueAfterRecording } from "./nextGeneration.js";
import { isEvaluatedOutside } from "./openWork.js";
import { appendEvents } from "./row.js";

/**
 * Stores a generation under the lock of the run's row: its candidates with their parents, the
 * operation statistics from which they were sampled, and the references, which take the places behind
 * the candidates. Appends `generation.started` and enqueues an evaluate job for each candidate and
 * reference, unless they are evaluated outside of the platform, and the evolve job of the generation
 * after it where that one does not wait for it (setting `inFlight`). Does nothing when the run has a generation of this index already.
 * @throws OpnasError `ATTEMPT_REPLACED`, `STOPPED`
 */
export async function recordGeneration(
  db: Database,
  queue: Queue,
  claim: WorkClaim,
  generation: {
    index: number;
    candidates: readonly NewCandidate[];
    priorities: readonly OperationPriority[];
    references?: readonly NewReference[];
  },
): Promise<void> {
  await writeUnderWorkClaim(db, claim, async (tx, run) => {
    const { index, candidates, priorities, references = [] } = generation;
    if ((await tx.generation.count({ where: { runId: run.id, index } })) > 0) return;

    const created = await tx.generation.create({
      data: { runId: run.id, index, size: candidates.length },
    });
    const parents = await idsByKey(tx, run.id, candidates);
    const members = [
      ...candidates.map((candidate) => ({ ...candidate, reference: null })),
      ...references,
    ];
    await tx.architecture.createMany({
      data: members.map((candidate, indexInGeneration) => ({
        runId: run.id,
        generationId: created.id,
        indexInGeneration,
        key: candidate.key,
        name: candidate.name,
        json: candidate.architecture,
        params: candidate.params,
        flops: candidate.flops,
        parentId: candidate.parentKey === null ? null : (parents.get(candidate.parentKey) ?? null),
        mutation: candidate.mutation,
        reference: candidate.reference,
      })),
    });
    await tx.operationStatistic.createMany({
      data: priorities.map((priority) => ({ runId: run.id, generation: index, ...priority })),
    });
    const rows = await tx.architecture.findMany({
      where: { generationId: created.id },
      orderBy: { indexInGeneration: "asc" },
      select: { id: true },
    });
    const payload = { generationId: created.id, index, size: candidates.length };
    await appendEvents(tx, run.id, [{ kind: "generation.started", payload }]);
    const jobs = rows.map(({ id }) => ({
      kind: "evaluate" as const,
      runId: run.id,
      architectureId: id,
    }));
    if (!isEvaluatedOutside(run)) await enqueueTrainerJobs(queue, tx, jobs);
    await continueAfterRecording(tx, queue, run.id);
  });
}

/** Returns the row ids of the candidates' parents, by architecture key. */
async function idsByKey(tx: Transaction, runId: string, candidates: readonly NewCandidate[]) {
  const keys = candidates.flatMap(({ parentKey }) => (parentKey === null ? [] : [parentKey]));
  const rows = await tx.architecture.findMany({
    where: { runId, reference: null, key: { in: keys } },
    select: { id: true, key: true },
  });
  return new Map(rows.map(({ id, key }) => [key, id]));
}
