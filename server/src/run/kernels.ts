import { kernelSizes } from "@opnas/core";
import type { Database } from "@opnas/prisma";
import { Arg, Ctx, Field, ID, Int, ObjectType, Query, Resolver } from "type-graphql";
import type { Context } from "../context.js";
import { InputError, isRowId } from "../input.js";

/** Most candidates that one request may look at. */
const mostCandidates = 1_000;

@ObjectType()
export class KernelCount {
  @Field(() => Int)
  kernelSize!: number;

  @Field(() => Int, { description: "Candidates with this kernel in the layer." })
  count!: number;
}

@ObjectType({ description: "What the best candidates hold in one layer." })
export class LayerChoices {
  @Field(() => Int, { description: "From 0." })
  layer!: number;

  @Field(() => Int, { description: "Candidates with attention in the layer." })
  attention!: number;

  @Field(() => [KernelCount], { description: "Every kernel size, the smallest first." })
  kernels!: KernelCount[];
}

@Resolver(() => LayerChoices)
export class KernelResolver {
  @Query(() => [LayerChoices], {
    description:
      "For each layer, how often the best candidates of a run chose attention and each kernel size. Empty while none is scored.",
  })
  kernelsByDepth(
    @Arg("runId", () => ID) runId: string,
    @Arg("top", () => Int, {
      defaultValue: 10,
      description: "How many of the best candidates, 1 to 1,000.",
    })
    top: number,
    @Ctx() { database }: Context,
  ): Promise<LayerChoices[]> {
    if (top < 1 || top > mostCandidates) {
      const message = `top must be 1 to ${mostCandidates}, not ${top}.`;
      throw new InputError({ path: ["top"], message });
    }
    return isRowId(runId) ? kernelsByDepth(database, runId, top) : Promise.resolve([]);
  }
}

async function kernelsByDepth(
  database: Database,
  runId: string,
  top: number,
): Promise<LayerChoices[]> {
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
