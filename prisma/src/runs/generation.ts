import type { Architecture as Backbone, OperationPriority } from "@opnas/core";
import { architectureSchema } from "@opnas/core";
import type { Database, Transaction } from "../client.js";
import { appendEvents } from "./row.js";
import { enqueueTrainerJobs, type Queue } from "../queue.js";
import type { NewCandidate, NewReference } from "./newCandidates.js";
import { type WorkClaim, writeUnderWorkClaim } from "./claim.js";

/** A scored candidate of a run as strategies read it. */
export interface StoredCandidate {
  architecture: Backbone;
  key: string;
  score: number;
  generation: number;
  index: number;
}

/** Every scored candidate of a run, references aside, by generation and place. */
export async function searchHistory(db: Database, runId: string): Promise<StoredCandidate[]> {
  const rows = await db.architecture.findMany({
    where: { runId, reference: null, score: { not: null } },
    orderBy: [{ generation: { index: "asc" } }, { indexInGeneration: "asc" }],
    select: {
      json: true,
      key: true,
      score: true,
      indexInGeneration: true,
      generation: { select: { index: true } },
    },
  });
  return rows.map((row) => ({
    architecture: architectureSchema.parse(row.json),
    key: row.key,
    score: row.score ?? 0,
    generation: row.generation.index,
    index: row.indexInGeneration,
  }));
}

/**
 * Stores a generation with its lineage, the operation statistics it was drawn from, and a job for
 * each member. References that come with it take the places behind its members. A generation that is
 * there already is left alone.
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
    await enqueueTrainerJobs(queue, tx, jobs);
  });
}

async function idsByKey(tx: Transaction, runId: string, candidates: readonly NewCandidate[]) {
  const keys = candidates.flatMap(({ parentKey }) => (parentKey === null ? [] : [parentKey]));
  const rows = await tx.architecture.findMany({
    where: { runId, reference: null, key: { in: keys } },
    select: { id: true, key: true },
  });
  return new Map(rows.map(({ id, key }) => [key, id]));
}

/**
 * The budget is spent: closes the run and names its best candidate. While a reference has no score
 * the run stays open and says so; the last one's result calls for this again.
 */
export async function finishRun(db: Database, claim: WorkClaim): Promise<void> {
  await writeUnderWorkClaim(db, claim, async (tx, run) => {
    const open = await tx.architecture.count({
      where: { runId: run.id, reference: { not: null }, evaluations: { none: {} } },
    });
    if (open > 0) {
      const progressNote = "The search is done; reference backbones are still to be scored.";
      await tx.searchRun.update({
        where: { id: run.id },
        data: { progressNote, etaSeconds: null },
      });
      return;
    }
    const best = await tx.architecture.findFirst({
      where: { runId: run.id, reference: null, score: { not: null } },
      orderBy: [{ score: "desc" }, { id: "asc" }],
      select: { id: true, score: true },
    });
    await tx.searchRun.update({
      where: { id: run.id },
      data: {
        status: "DONE",
        phase: "FINISHED",
        etaSeconds: 0,
        progressNote: null,
        finishedAt: new Date(),
      },
    });
    await appendEvents(tx, run.id, [
      { kind: "run.status", payload: { status: "DONE", reason: null } },
      {
        kind: "run.finished",
        payload: { bestArchitectureId: best?.id ?? null, bestScore: best?.score ?? null },
      },
    ]);
  });
}
