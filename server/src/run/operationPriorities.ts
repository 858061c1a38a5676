import type { Database, OperationStatistic } from "@opnas/prisma";

/**
 * Reads the statistics that generations of a run were sampled with, in the order of generations.
 * @param generation the generation's number, "newest", or "all"
 */
export async function operationPriorities(
  database: Database,
  runId: string,
  generation: number | "newest" | "all",
): Promise<OperationStatistic[]> {
  const index = generation === "newest" ? await newestGeneration(database, runId) : generation;
  return database.operationStatistic.findMany({
    where: index === "all" ? { runId } : { runId, generation: index },
    orderBy: [
      { generation: "asc" },
      { kind: "asc" },
      { position: "asc" },
      { probability: "desc" },
      { operation: "asc" },
    ],
  });
}

async function newestGeneration(database: Database, runId: string): Promise<number> {
  const found = await database.operationStatistic.aggregate({
    where: { runId },
    _max: { generation: true },
  });
  return found._max.generation ?? 0;
}
