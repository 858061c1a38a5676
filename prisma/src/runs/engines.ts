import type { Database } from "../client.js";

/**
 * Notes that an engine works for a run, as one of those whose bits its results have. A run whose settings
 * ask for one engine is bound to the first; of several that come at once one is.
 * @param engine its name and version, and the type of its processor
 * @returns the engine that the run is bound to instead; undefined when this one may work for it
 */
export async function joinRun(
  db: Database,
  runId: string,
  engine: string,
): Promise<string | undefined> {
  await db.$executeRaw`
    UPDATE "SearchRun" SET engines = array_append(engines, ${engine}::text)
     WHERE id = ${runId}::uuid AND NOT engines @> ARRAY[${engine}::text]
       AND (engines = '{}' OR settings->>'sameEngine' IS DISTINCT FROM 'true')`;
  const run = await db.searchRun.findUnique({ where: { id: runId }, select: { engines: true } });
  const engines = run?.engines ?? [];
  return engines.includes(engine) ? undefined : engines[0];
}
