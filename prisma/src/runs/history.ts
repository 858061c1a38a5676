import type { Database } from "../client.js";
import { HistoryParser, type HistoryRow, type StoredCandidate } from "./historyRow.js";

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
    const end = Math.min(before, first + generationsAtOnce);
    const rows = await db.$queryRaw<HistoryRow[]>`
      SELECT candidate.key, coalesce(candidate.score, 0) AS score,
             generation.index AS generation, candidate."indexInGeneration" AS index,
             (candidate.json ->> 'version')::int AS version,
             (SELECT string_agg(layer::text, E'\\n' ORDER BY place)
                FROM jsonb_array_elements(candidate.json -> 'layers')
                     WITH ORDINALITY AS layers (layer, place)) AS layers
        FROM "Architecture" AS candidate
        JOIN "Generation" AS generation ON generation.id = candidate."generationId"
       WHERE generation."runId" = ${runId}::uuid
         AND generation.index >= ${first} AND generation.index < ${end}
         AND candidate.reference IS NULL
         AND (candidate.score IS NOT NULL OR candidate."failureCode" IS NOT NULL)
       ORDER BY generation.index, candidate."indexInGeneration"`;
    found.push(...rows);
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
export interface PendingRow {
  /** The architecture, not parsed yet. */
  architecture: unknown;
  key: string;
}

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
  const parser = new HistoryParser();
  return (await historyRows(db, runId, 0, generations)).map((row) => parser.parse(row));
}
