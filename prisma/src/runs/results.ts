import type { Transaction } from "../client.js";
import { eventPayloads, type RunEventInput } from "../contracts/runEvents.js";
import type { Queue } from "../queue.js";
import { workerSilenceSeconds } from "../workers.js";
import { continueAfterGeneration, enqueueNextGeneration, isOpen } from "./nextGeneration.js";

/**
 * Counts a candidate's failure in its generation and in the run's progress and appends the event that
 * reports it. The last one of a generation closes it and is followed by `generation.finished` and
 * `continueAfterGeneration`. The caller holds the lock of the run's row.
 */
export async function countFailure(
  tx: Transaction,
  queue: Queue,
  runId: string,
  { kind, payload }: RunEventInput & { kind: "candidate.failed" },
): Promise<void> {
  const text = JSON.stringify(eventPayloads[kind].parse(payload));
  const [{ isLast }] = await tx.$queryRaw<[{ isLast: boolean }]>`
    SELECT opnas_count_result(${runId}::uuid, ${payload.generationId}::uuid, NULL, ${kind},
                              ${text}::jsonb, ${workerSilenceSeconds}::int) AS "isLast"`;
  if (isLast) await continueAfterGeneration(tx, queue, runId, payload.generationId);
}

/**
 * Enqueues the evolve job that ends the run when a reference's result was the last that it waited
 * for. The caller holds the lock of the run's row.
 */
export async function countReference(tx: Transaction, queue: Queue, runId: string): Promise<void> {
  const open = await tx.architecture.count({ where: { runId, ...isOpen } });
  if (open === 0) await enqueueNextGeneration(queue, tx, runId);
}
