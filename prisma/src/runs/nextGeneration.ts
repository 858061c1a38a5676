import { generationsSeen } from "@opnas/core";
import { z } from "zod";
import type { Transaction } from "../client.js";
import type { SearchRun } from "../generated/client.js";
import { enqueueEvolveJob, type Queue } from "../queue.js";

/** Condition on an architecture that its evaluation has neither a result nor failed for good. */
export const isOpen = { evaluations: { none: {} }, failureCode: null } as const;

/** The generation that a run is to propose next. */
export interface NextGeneration {
  index: number;
  /** It waits until the generations with a lower index than this are closed. */
  waitsFor: number;
}

/** The part of settings that says when a generation may be proposed; an older run has no overlap. */
const overlapSchema = z.object({
  inFlight: z.int().nullable().default(null),
  parents: z.int(),
  childrenPerParent: z.int(),
  generations: z.int(),
});

/** Returns the generation of an index, with what it waits for in a run. */
export function nextGeneration(run: Pick<SearchRun, "settings">, index: number): NextGeneration {
  return { index, waitsFor: generationsSeen(index, overlapSchema.parse(run.settings)) };
}

/**
 * Enqueues the evolve job of a run's next generation if the last generation that it waited for was
 * just closed, or if no candidate is open. The caller holds the lock of the run's row.
 *
 * Generations may overlap (setting `inFlight`), and a closed one is then not always one that the next
 * waits for: its job exists already, or is enqueued when another is closed. Where a strategy found
 * nothing new, the search goes on to its end when no candidate is open.
 */
export async function continueAfterGeneration(
  tx: Transaction,
  queue: Queue,
  runId: string,
  generationId: string,
): Promise<void> {
  const closed = await tx.generation.findUniqueOrThrow({
    where: { id: generationId },
    select: { index: true },
  });
  const { next, firstOpen } = await progressOf(tx, runId);
  const isNowDue = firstOpen >= next.waitsFor && closed.index < next.waitsFor;
  if (!isNowDue && firstOpen !== Infinity) return;
  await enqueueEvolveJob(queue, tx, { runId, generation: next.index });
}

/**
 * Enqueues the evolve job of a run's next generation after one was recorded, if it waits for none
 * that is open. The caller holds the lock of the run's row.
 */
export async function continueAfterRecording(
  tx: Transaction,
  queue: Queue,
  runId: string,
): Promise<void> {
  const { next, firstOpen } = await progressOf(tx, runId);
  if (firstOpen < next.waitsFor) return;
  await enqueueEvolveJob(queue, tx, { runId, generation: next.index });
}

/** Enqueues the evolve job of the generation after a run's newest. */
export async function enqueueNextGeneration(
  queue: Queue,
  tx: Transaction,
  runId: string,
): Promise<void> {
  const index = await tx.generation.count({ where: { runId } });
  await enqueueEvolveJob(queue, tx, { runId, generation: index });
}

/** Reads a run's next generation, and the index of the first with an open candidate; else Infinity. */
async function progressOf(tx: Transaction, runId: string) {
  const run = await tx.searchRun.findUniqueOrThrow({
    where: { id: runId },
    select: { settings: true, _count: { select: { generations: true } } },
  });
  const first = await tx.architecture.findFirst({
    where: { runId, reference: null, ...isOpen },
    orderBy: { generation: { index: "asc" } },
    select: { generation: { select: { index: true } } },
  });
  return {
    next: nextGeneration(run, run._count.generations),
    firstOpen: first?.generation.index ?? Infinity,
  };
}
