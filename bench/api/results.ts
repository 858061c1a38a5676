import { randomUUID } from "node:crypto";
import { appendEvents, type Database } from "@opnas/prisma";

/** A running search whose candidates wait for their results. */
export interface OpenCandidates {
  runId: string;
  generationId: string;
  architectures: string[];
}

/** Stores a running search with so many candidates that wait for their results. */
export async function openCandidates(database: Database, count: number): Promise<OpenCandidates> {
  const [runId, generationId] = [randomUUID(), randomUUID()];
  await database.$executeRaw`
    INSERT INTO "SearchRun" (id, name, status, phase, seed, preset, strategy, settings)
    SELECT ${runId}::uuid, 'live', 'RUNNING', 'SEARCHING', 1, preset, strategy, settings FROM "SearchRun" LIMIT 1`;
  await database.$executeRaw`
    INSERT INTO "Generation" (id, "runId", index, size) VALUES (${generationId}::uuid, ${runId}::uuid, 0, ${count})`;
  const rows = await database.$queryRaw<{ id: string }[]>`
    INSERT INTO "Architecture" (id, "runId", "generationId", "indexInGeneration", key, name, json, params, flops)
    SELECT gen_random_uuid(), ${runId}::uuid, ${generationId}::uuid, n, 'live ' || n, 'live-' || n, json, params, flops
      FROM (SELECT json, params, flops FROM "Architecture" LIMIT 1) AS like_this, generate_series(1, ${count}::int) AS n
    RETURNING id`;
  return { runId, generationId, architectures: rows.map(({ id }) => id) };
}

/** Writes a result as a worker does: the row and the event in one transaction. */
export async function writeResult(
  database: Database,
  { runId, generationId }: OpenCandidates,
  architectureId: string,
  score = 50,
): Promise<void> {
  const stability = "STABLE";
  await database.$transaction(async (tx) => {
    await tx.$executeRaw`
      UPDATE "Architecture" SET score = ${score}, stability = 'STABLE' WHERE id = ${architectureId}::uuid`;
    const payload = { architectureId, generationId, score, stability };
    await appendEvents(tx, runId, [{ kind: "candidate.evaluated", payload }]);
  });
}
