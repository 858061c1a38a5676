import type { Database } from "@opnas/prisma";

/** Reads the id of each run's candidate with the highest score; null while none is scored. */
export async function bestArchitectureIds(
  database: Database,
  runIds: readonly string[],
): Promise<Map<string, string | null>> {
  const rows = await database.$queryRaw<{ runId: string; id: string | null }[]>`
    SELECT run.id AS "runId", best.id
      FROM unnest(${[...runIds]}::uuid[]) AS run(id)
      LEFT JOIN LATERAL (
        SELECT a.id FROM "Architecture" a
         WHERE a."runId" = run.id AND a.reference IS NULL AND a.score IS NOT NULL
         ORDER BY a.score DESC, a.id
         LIMIT 1
      ) best ON true`;
  return new Map(rows.map(({ runId, id }) => [runId, id]));
}
