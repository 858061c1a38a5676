import { trainedSizeSchema } from "@opnas/core";
import {
  defaultTeamId,
  deleteModel,
  type ModelResult as Result,
  modelResultSchema,
  type ReferenceModel as ModelRow,
  resultsOfModel,
  sizeOfModel,
  storeModel,
} from "@opnas/prisma";
import { Arg, Ctx, FieldResolver, ID, Int, Mutation, Query, Resolver, Root } from "type-graphql";
import { z } from "zod";
import type { Context } from "../context.js";
import { UsualLength } from "../http/cost.js";
import { callersTeam } from "../identity/ownership.js";
import { modelsOf } from "../identity/visible.js";
import {
  InputError,
  isRowId,
  jsonExcess,
  label,
  maxArchitectureValues,
  parseInput,
} from "../input.js";
import { notFound } from "../notFound.js";
import { ImportModelInput, ModelResult, ReferenceModel } from "./types.js";

/** The most models of a list that has no pages. */
const maxRows = 1_000;

const word = label(60).min(1, "it is empty");
const resultSchema = modelResultSchema.extend({
  benchmark: word,
  task: word,
  set: word.nullish().transform((set) => set ?? null),
  metric: word,
});
const inputSchema = z.object({
  name: label(100).min(1, "it is empty"),
  checksum: z.string().regex(/^[0-9a-f]{64}$/, "it is no SHA-256 in hexadecimal digits"),
  size: trainedSizeSchema,
  results: z.array(resultSchema).max(200, "it has over 200").nullish(),
  teamId: z.string().nullish(),
});

@Resolver(() => ReferenceModel)
export class ModelResolver {
  @UsualLength(20)
  @Query(() => [ReferenceModel], {
    description: `The trained models of one's teams that stand beside the references, by name, at most ${maxRows}.`,
  })
  models(@Ctx() { database, teamIds }: Context): Promise<ModelRow[]> {
    return database.referenceModel.findMany({
      where: modelsOf(teamIds),
      orderBy: [{ name: "asc" }, { id: "asc" }],
      take: maxRows,
    });
  }

  @FieldResolver(() => Int)
  layers(@Root() row: ModelRow): number {
    return sizeOfModel(row).layers;
  }

  @FieldResolver(() => Int)
  hidden(@Root() row: ModelRow): number {
    return sizeOfModel(row).hidden;
  }

  @FieldResolver(() => Int)
  heads(@Root() row: ModelRow): number {
    return sizeOfModel(row).heads;
  }

  @FieldResolver(() => Int)
  vocabulary(@Root() row: ModelRow): number {
    return sizeOfModel(row).vocabulary;
  }

  @FieldResolver(() => Int)
  length(@Root() row: ModelRow): number {
    return sizeOfModel(row).length;
  }

  @UsualLength(20)
  @FieldResolver(() => [ModelResult])
  results(@Root() row: ModelRow): Result[] {
    return resultsOfModel(row);
  }

  @Mutation(() => ReferenceModel, {
    description:
      "Adds a trained model to those beside the references, with its costs and the results of its benchmarks. The same weights again give the model of the first request the new name, and the new results beside those of other tasks.",
  })
  async importModel(
    @Arg("input", () => ImportModelInput, { description: "The model." }) input: ImportModelInput,
    @Ctx() context: Context,
  ): Promise<ModelRow> {
    const { architecture: json } = input;
    const excess = jsonExcess(json, maxArchitectureValues) ?? jsonExcess(input.size);
    if (excess !== null) {
      throw new InputError({ path: ["input"], message: `input cannot be used: ${excess}.` });
    }
    const { teamId, results, ...model } = parseInput(inputSchema, input, "input");
    const team = await teamOf(context, teamId);
    return storeModel(context.database, { ...model, json, results: results ?? [], teamId: team });
  }

  @Mutation(() => Boolean, {
    description: "Takes a trained model off those beside the references. Always true.",
  })
  async deleteModel(
    @Arg("id", () => ID, { description: "The model's id." }) id: string,
    @Ctx() { database, teamIds }: Context,
  ): Promise<boolean> {
    const where = { id, ...modelsOf(teamIds) };
    const isThere = isRowId(id) && (await database.referenceModel.count({ where })) > 0;
    if (!isThere) throw notFound("model", id);
    await deleteModel(database, id);
    return true;
  }
}

/** Returns the team that is to own a caller's model; without accounts it is the default team. */
async function teamOf(context: Context, teamId: string | null | undefined): Promise<string> {
  if (teamId == null && context.principal.userId === undefined) return defaultTeamId;
  return (await callersTeam(context, teamId)).id;
}
