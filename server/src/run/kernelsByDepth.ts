import { kernelSizes } from "@opnas/core";
import type { Database } from "@opnas/prisma";
import { InputError } from "../input.js";
import type { LayerChoices } from "./statistics.js";

/** The most candidates that one request may count. */
export const maxCandidates = 1_000;

/**
 * Counts, for each layer, how often the `top` best candidates of a run have attention and each
 * kernel size. The list is empty while none is scored.
 * @throws InputError for a `top` out of 1 to 1,000
 */
export async function kernelsByDepth(
  database: Database,
  runId: string,
  top: number,
): Promise<LayerChoices[]> {
  if (top < 1 || top > maxCandidates) {
    const message = `top must be 1 to ${maxCandidates}, not ${top}.`;
    throw new InputError({ path: ["top"], message });
  }

  // A kernel size of null stands for attention.
  const rows = await database.$queryRaw<
    { layer: number; kernelSize: number | null; count: number }[]
  >`
    SELECT (place - 1)::int AS layer, (chosen ->> 'kernelSize')::int AS "kernelSize",
           count(*)::int AS count
      FROM (
        SELECT json FROM "Architecture"
         WHERE "runId" = ${runId}::uuid AND reference IS NULL AND score IS NOT NULL
         ORDER BY score DESC, id
         LIMIT ${top}
      ) AS best, jsonb_array_elements(json -> 'layers') WITH ORDINALITY AS layers (chosen, place)
     GROUP BY 1, 2`;
  const counts = new Map(rows.map((row) => [`${row.layer} ${row.kernelSize}`, row.count]));
  const countOf = (layer: number, kernelSize: number | null) =>
    counts.get(`${layer} ${kernelSize}`) ?? 0;
  const depth = Math.max(0, ...rows.map(({ layer }) => layer + 1));
  return Array.from({ length: depth }, (_, layer) => ({
    layer,
    attention: countOf(layer, null),
    kernels: kernelSizes.map((kernelSize) => ({ kernelSize, count: countOf(layer, kernelSize) })),
  }));
}
