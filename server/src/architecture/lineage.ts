import type { Database } from "@opnas/prisma";

/** The most ancestors that are read for one architecture. */
const maxLineageLength = 1_000;

/** Reads, in one query, the ids of the ancestors of each architecture, the oldest first, itself last. */
export async function lineages(
  database: Database,
  ids: readonly string[],
): Promise<Map<string, string[]>> {
  const steps = await database.$queryRaw<{ start: string; id: string }[]>`
    WITH RECURSIVE chain AS (
      SELECT id AS start, id, "parentId", 0 AS age
        FROM "Architecture" WHERE id = ANY(${[...ids]}::uuid[])
      UNION ALL
      SELECT chain.start, parent.id, parent."parentId", chain.age + 1
        FROM chain JOIN "Architecture" parent ON parent.id = chain."parentId"
       WHERE chain.age < ${maxLineageLength}
    )
    SELECT start, id FROM chain ORDER BY start, age DESC`;
  const chains = new Map<string, string[]>();
  for (const { start, id } of steps) {
    const chain = chains.get(start) ?? [];
    chains.set(start, chain);
    chain.push(id);
  }
  return chains;
}
