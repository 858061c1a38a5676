import {
  type Architecture as Backbone,
  architectureSchema,
  type OperationPriority,
} from "@opnas/core";
import type { Database, Transaction } from "../client.js";
import { enqueueTrainerJobs, type Queue } from "../queue.js";
import type { NewCandidate, NewReference } from "./newCandidates.js";
import { type WorkClaim, writeUnderWorkClaim } from "./claim.js";
import { continueAfterRecording } from "./nextGeneration.js";
import { isEvaluatedOutside } from "./openWork.js";
import { appendEvents } from "./row.js";

/** A candidate of a run with a result, in the form that search strategies read. */
export interface StoredCandidate {
  architecture: Backbone;
  key: string;
  /** Its score; 0 for one whose evaluation failed for good, as for one that diverged. */
  score: number;
  /** Index of its generation. */
  generation: number;
  /** Its place within the generation. */
  index: number;
}

/** A stored candidate whose architecture is not parsed yet. */
export type HistoryRow = Omit<StoredCandidate, "architecture"> & { architecture: unknown };

/** Number of generations that are read at once. */
const generationsAtOnce = 16;

/**
 * Reads the candidates of a run's generations `from` to `before` − 1 that were scored or failed,
 * without its references, ordered by generation and place within it; locks nothing. A generation that
 * is closed never changes unless failed candidates are tried again, so that a reader who has the
 * earlier ones need not read them again.
 */
export async function historyRows(
  db: Database,
  runId: string,
  from: number,
  before: number,
): Promise<HistoryRow[]> {
  const found: HistoryRow[] = [];
  for (let first = from; first < before; first += generationsAtOnce) {
    const range = { gte: first, lt: Math.min(before, first + generationsAtOnce) };
    const rows = await db.architecture.findMany({
      where: {
        runId,
        reference: null,
        generation: { index: range },
        OR: [{ score: { not: null } }, { failureCode: { not: null } }],
      },
      orderBy: [{ generation: { index: "asc" } }, { indexInGeneration: "asc" }],
      select: {
        json: true,
        key: true,
        score: true,
        indexInGeneration: true,
        generation: { select: { index: true } },
      },
    });
    for (const row of rows) {
      found.push({
        architecture: row.json,
        key: row.key,
        score: row.score ?? 0,
        generation: row.generation.index,
        index: row.indexInGeneration,
      });
    }
  }
  return found;
}

/**
 * Returns a text that differs when what `historyRows` reads of the generations before `before` has
 * changed: closed generations only change when failed candidates are evaluated after all.
 */
export async function historyVersion(db: Database, runId: string, before: number): Promise<string> {
  const { _count, _max } = await db.architecture.aggregate({
    where: { runId, reference: null, generation: { index: { lt: before } } },
    _count: { score: true, failureCode: true },
    _max: { updatedAt: true },
  });
  return `${_count.score}/${_count.failureCode}/${_max.updatedAt?.toISOString() ?? ""}`;
}

/** A candidate of a generation that counts as being evaluated, with or without a result by now. */
export type PendingRow = Pick<HistoryRow, "architecture" | "key">;

/** Reads the candidates of a run's generations `from` to `before` − 1, without its references. */
export async function pendingRows(
  db: Database,
  runId: string,
  from: number,
  before: number,
): Promise<PendingRow[]> {
  if (from >= before) return [];
  const rows = await db.architecture.findMany({
    where: { runId, reference: null, generation: { index: { gte: from, lt: before } } },
    orderBy: [{ generation: { index: "asc" } }, { indexInGeneration: "asc" }],
    select: { json: true, key: true },
  });
  return rows.map(({ json, key }) => ({ architecture: json, key }));
}

/** Reads all scored candidates of a run as strategies read them; see `historyRows`. */
export async function searchHistory(db: Database, runId: string): Promise<StoredCandidate[]> {
  const generations = await db.generation.count({ where: { runId } });
  return (await historyRows(db, runId, 0, generations)).map(parseHistoryRow);
}

/**
 * Parses a candidate's architecture.
 * @throws ZodError when it does not fit the schema
 */
export function parseHistoryRow(row: HistoryRow): StoredCandidate {
  return { ...row, architecture: architectureSchema.parse(row.architecture) };
}

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
