import {
  architectureSchema,
  backboneProperties,
  featureImportance,
  type FactorImportance,
} from "@opnas/core";
import type { Database, SearchRun } from "@opnas/prisma";
import { Arg, Ctx, ID, Query, Resolver } from "type-graphql";
import type { Context } from "../context.js";
import { requireRun } from "../node/lookup.js";
import { type Factor, FactorKind, Importance } from "./types.js";

/** The most candidates that importance is computed from, the newest: a second of work. */
const maxCandidates = 1_000;

@Resolver()
export class ImportanceResolver {
  @Query(() => Importance, {
    nullable: true,
    description: `The importance of kernels, layer kinds and operations for the scores of a run's candidates, from the newest ${maxCandidates} at most. Null while fewer than 20 have a score, or if all scores are equal.`,
  })
  async importance(
    @Arg("runId", () => ID, { description: "The run's id." }) runId: string,
    @Ctx() { database }: Context,
  ): Promise<Importance | null> {
    return importanceOf(database, await requireRun(database, runId));
  }
}

async function importanceOf(
  database: Database,
  { id, seed }: SearchRun,
): Promise<Importance | null> {
  const rows = await database.architecture.findMany({
    where: { runId: id, reference: null, score: { not: null } },
    orderBy: [{ createdAt: "desc" }, { id: "desc" }],
    take: maxCandidates,
    select: { json: true, score: true },
  });
  const observations = rows.reverse().map(({ json, score }) => ({
    score: score ?? 0,
    properties: backboneProperties(architectureSchema.parse(json)),
  }));
  const found = featureImportance(observations, seed);
  if (found === null) return null;
  return {
    method: "permutation importance of a ridge regression, 5-fold cross-validated",
    candidates: found.observations,
    explained: found.explained,
    factors: found.factors.map(describe),
  };
}

/** Takes the name of a factor apart (core's `backboneProperties`): its kind, and layer or operation. */
function describe({ factor, importance, values }: FactorImportance): Factor {
  const [kind = "", what = ""] = factor.split(" ");
  const isOperation = kind === "operation";
  const layerKind = kind === "kernel" ? FactorKind.KERNEL : FactorKind.LAYER_KIND;
  return {
    kind: isOperation ? FactorKind.OPERATION : layerKind,
    layer: isOperation ? null : Number(what),
    operation: isOperation ? what : null,
    importance,
    values,
  };
}
