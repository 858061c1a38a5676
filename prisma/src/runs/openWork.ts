import { z } from "zod";
import type { Database, Transaction } from "../client.js";
import type { RunJob } from "../contracts/jobs.js";
import type { SearchRun } from "../generated/client.js";
import { isOpen, nextGeneration } from "./nextGeneration.js";

/**
 * Reads which jobs a run's open work needs, from its rows alone: the super-net job before the search,
 * else an evaluate job for each open architecture and, when none of these is a candidate that it waits
 * for, the evolve job of the next generation. Candidates that are evaluated outside of the platform need no job. Locks nothing; a caller that acts on the answer holds the lock of the
 * run's row.
 * @throws Prisma's P2025 when there is no such run
 */
export async function openJobs(tx: Transaction, runId: string): Promise<RunJob[]> {
  const run = await tx.searchRun.findUniqueOrThrow({
    where: { id: runId },
    select: {
      phase: true,
      progressNote: true,
      settings: true,
      _count: { select: { generations: true } },
    },
  });
  const isExternal = isEvaluatedOutside(run);
  if (run.phase === "PREPARING" || run.phase === "SUPERNET") return [{ kind: "superNet", runId }];
  const open = await tx.architecture.findMany({
    where: { runId, ...isOpen },
    orderBy: [{ generation: { index: "asc" } }, { indexInGeneration: "asc" }],
    select: { id: true, reference: true, generation: { select: { index: true } } },
  });
  const jobs: RunJob[] = isExternal
    ? []
    : open.map(({ id }) => ({ kind: "evaluate", runId, architectureId: id }));
  const next = nextGeneration(run, run._count.generations);
  const isWaitedFor = open.some(
    ({ reference, generation }) => reference === null && generation.index < next.waitsFor,
  );
  if (isWaitedFor) return jobs;
  // The note says that the evolve job found the budget spent: the last reference's result enqueues it.
  const waitsForReferences = open.length > 0 && run.progressNote !== null;
  if (waitsForReferences) return jobs;
  return [...jobs, { runId, generation: next.index }];
}

/**
 * Reads what a worker has to know of the run of an architecture that is to be evaluated; locks nothing.
 * @returns null when there is none, or when it has a result or failed for good
 */
export async function runOfOpenCandidate(
  db: Database,
  id: string,
): Promise<Pick<SearchRun, "id" | "name" | "phase" | "superNetStore" | "engines"> | null> {
  const run = {
    select: { id: true, name: true, phase: true, superNetStore: true, engines: true },
  } as const;
  const open = { id, failureCode: null, evaluations: { none: {} } };
  const found = await db.architecture.findFirst({ where: open, select: { run } });
  return found?.run ?? null;
}

/** Reports whether a program outside of the platform evaluates a run's candidates. */
export function isEvaluatedOutside({ settings }: { settings: unknown }): boolean {
  return evaluatorSchema.safeParse(settings).data?.evaluator === "external";
}

/** The part of settings that says who evaluates; a run of before this setting has none. */
const evaluatorSchema = z.object({ evaluator: z.string() });
