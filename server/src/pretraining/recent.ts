import {
  settingsOfPretraining,
  type Database,
  type Pretraining,
  type PretrainingMetric,
} from "@opnas/prisma";

/** The number of newest points whose mean is a pre-training's present speed. */
const recentPoints = 20;

/** Reads the newest points of each pre-training, the newest first. */
export async function recentMetrics(
  database: Database,
  trainingIds: readonly string[],
): Promise<Map<string, PretrainingMetric[]>> {
  const rows = await database.$queryRaw<PretrainingMetric[]>`
    SELECT training.id AS "pretrainingId", recent.*
      FROM unnest(${[...trainingIds]}::uuid[]) AS training(id)
      JOIN LATERAL (
        SELECT * FROM "TrainingMetric" m
         WHERE m."trainingId" = training.id
         ORDER BY m.step DESC
         LIMIT ${recentPoints}
      ) recent ON true`;
  const found = new Map(trainingIds.map((id): [string, PretrainingMetric[]] => [id, []]));
  for (const row of rows) found.get(row.pretrainingId)?.push(row);
  for (const metrics of found.values()) metrics.sort((a, b) => b.step - a.step);
  return found;
}

/** Estimates the seconds that the rest of a running pre-training takes; null before its first point. */
export function etaSeconds(
  training: Pretraining,
  recent: readonly PretrainingMetric[],
): number | null {
  if (training.status !== "RUNNING" || recent.length === 0) return null;
  const { size, batch, accumulate } = settingsOfPretraining(training);
  const tokens = (training.steps - training.step) * batch * accumulate * size.length;
  const speed = recent.reduce((sum, { tokensPerSecond }) => sum + tokensPerSecond, 0);
  return Math.round((tokens * recent.length) / speed);
}
