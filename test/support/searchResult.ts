import { type Database, eventPayloads } from "@opnas/prisma";
import { z } from "zod";

/**
 * Reads everything of a run that its seed determines: place, key, parent, mutation and scores of all candidates
 * and references, and the statistics of the operations. Times, ids and attempts are not in it.
 */
export async function searchResult(db: Database, runId: string) {
  const rows = await db.architecture.findMany({
    where: { runId },
    orderBy: [{ generation: { index: "asc" } }, { indexInGeneration: "asc" }],
    include: { evaluations: true, parent: { select: { key: true } }, generation: true },
  });
  const priorities = await db.operationStatistic.findMany({
    where: { runId },
    orderBy: [{ generation: "asc" }, { kind: "asc" }, { position: "asc" }, { operation: "asc" }],
    omit: { runId: true },
  });
  const candidates = rows.map((row) => ({
    generation: row.generation.index,
    index: row.indexInGeneration,
    key: row.key,
    reference: row.reference,
    parent: row.parent?.key ?? null,
    mutation: row.mutation,
    scores: row.evaluations.map(({ score, taskScores }) => ({ score, taskScores })),
  }));
  return {
    candidates: candidates.filter((row) => row.reference === null),
    references: candidates.filter((row) => row.reference !== null),
    priorities,
  };
}

/** Events of which a run's seed determines that they happen, and that they happen once. */
const determined = [
  "run.created",
  "generation.started",
  "candidate.evaluated",
  "reference.evaluated",
  "candidate.failed",
  "reference.failed",
  "generation.finished",
  "run.finished",
] as const;

const named = z.object({ architectureId: z.uuid(), index: z.int() }).partial();

/**
 * Reads the events of a run that its seed determines, in an order that does not depend on which candidate or
 * which of several overlapping generations was done first, with keys of architectures in place of ids. Events of attempts are left out: their
 * number is that of the attempts.
 * @throws Error when the numbers of the events have a gap
 */
export async function determinedEvents(db: Database, runId: string) {
  const events = await db.runEvent.findMany({ where: { runId }, orderBy: { seq: "asc" } });
  const gap = events.find(({ seq }, index) => seq !== index + 1);
  if (gap !== undefined) throw new Error(`There is no event before event ${gap.seq}.`);
  const architectures = await db.architecture.findMany({
    where: { runId },
    select: { id: true, key: true },
  });
  const keyOf = new Map(architectures.map(({ id, key }) => [id, key]));
  return determined.flatMap((kind) =>
    events
      .filter((event) => event.kind === kind)
      .map(({ payload }) => {
        const { architectureId, index = 0 } = named.parse(payload);
        const fields = Object.entries(eventPayloads[kind].parse(payload)).filter(
          ([field]) => !field.endsWith("Id"),
        );
        const key = architectureId === undefined ? null : keyOf.get(architectureId);
        return { event: { kind, key, payload: Object.fromEntries(fields) }, index };
      })
      .sort((a, b) => a.index - b.index || compare(a.event.key ?? "", b.event.key ?? ""))
      .map(({ event }) => event),
  );
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
