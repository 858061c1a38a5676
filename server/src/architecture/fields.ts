import { architectureSchema } from "@opnas/core";
import type {
  Evaluation as EvaluationRow,
  Export as ExportRow,
  Generation as GenerationRow,
} from "@opnas/prisma";
import { readTaskScores, timingsSchema, tokenUniformitySchema } from "@opnas/prisma";
import { GraphQLJSON } from "graphql-scalars";
import { Args, Ctx, FieldResolver, Float, Int, Resolver, Root } from "type-graphql";
import { z } from "zod";
import type { Context } from "../context.js";
import type { Loaders } from "../loaders.js";
import { Export } from "../modelExport/types.js";
import type { Page } from "../pagination/keyset.js";
import { PageArguments } from "../pagination/types.js";
import { trainingPage } from "../pretraining/page.js";
import { TrainingConnection } from "../pretraining/types.js";
import type { RunRow } from "../run/row.js";
import { Generation, RunError, SearchRun } from "../run/types.js";
import { Evaluation, EvaluationTimes, TaskScore, TaskScoring } from "./evaluationTypes.js";
import { layersOf } from "./layers.js";
import { Layer } from "./layerTypes.js";
import type { ArchitectureRow } from "./row.js";
import { Architecture, LineageStep } from "./types.js";
import { UsualLength } from "../http/cost.js";

@Resolver(() => Architecture)
export class ArchitectureFields {
  @UsualLength(12)
  @FieldResolver(() => [Layer], { description: "The layers, from the input to the output." })
  async layers(@Root() row: ArchitectureRow, @Ctx() { loaders }: Context): Promise<Layer[]> {
    return layersOf(architectureSchema.parse(await jsonOf(row, loaders)));
  }

  @FieldResolver(() => GraphQLJSON, {
    description: "The backbone in its JSON form: its version and its layers.",
  })
  json(@Root() row: ArchitectureRow, @Ctx() { loaders }: Context): Promise<unknown> {
    return jsonOf(row, loaders);
  }

  @FieldResolver(() => SearchRun, { description: "The run that it belongs to." })
  run(@Root() { runId }: ArchitectureRow, @Ctx() { loaders }: Context): Promise<RunRow> {
    return loaders.run.load(runId);
  }

  @FieldResolver(() => Generation, { description: "The generation that it belongs to." })
  generation(
    @Root() { generationId }: ArchitectureRow,
    @Ctx() { loaders }: Context,
  ): Promise<GenerationRow> {
    return loaders.generation.load(generationId);
  }

  @FieldResolver(() => Int, {
    description: "The number of its generation; 0 is the initial population.",
  })
  async generationIndex(
    @Root() { generationId }: ArchitectureRow,
    @Ctx() { loaders }: Context,
  ): Promise<number> {
    return (await loaders.generation.load(generationId)).index;
  }

  @FieldResolver(() => Architecture, {
    nullable: true,
    description: "The architecture that it was mutated from. Null for a sampled one.",
  })
  async parent(
    @Root() { parentId }: ArchitectureRow,
    @Ctx() { loaders }: Context,
  ): Promise<ArchitectureRow | null> {
    return parentId === null ? null : loaders.architecture.load(parentId);
  }

  @UsualLength(20)
  @FieldResolver(() => [LineageStep], {
    description:
      "The line of ancestors, from the first down to this architecture, which is the last step.",
  })
  async lineage(
    @Root() { id }: ArchitectureRow,
    @Ctx() { loaders }: Context,
  ): Promise<{ architecture: ArchitectureRow; mutation: string | null }[]> {
    const ids = await loaders.lineage.load(id);
    const ancestors = await Promise.all(ids.map((ancestor) => loaders.architecture.load(ancestor)));
    return ancestors.map((architecture) => ({ architecture, mutation: architecture.mutation }));
  }

  @UsualLength(2)
  @FieldResolver(() => [Evaluation], { description: "Its evaluations, the oldest first." })
  evaluations(
    @Root() { id }: ArchitectureRow,
    @Ctx() { loaders }: Context,
  ): Promise<EvaluationRow[]> {
    return loaders.evaluationsOfArchitecture.load(id);
  }

  @UsualLength(8)
  @FieldResolver(() => [TaskScore], {
    description: "The task scores of the newest evaluation; empty before it.",
  })
  async taskScores(
    @Root() { id }: ArchitectureRow,
    @Ctx() { loaders }: Context,
  ): Promise<TaskScore[]> {
    const newest = (await loaders.evaluationsOfArchitecture.load(id)).at(-1);
    return newest === undefined ? [] : taskScoresOf(newest);
  }

  @FieldResolver(() => RunError, {
    nullable: true,
    description:
      "The error with which its evaluation failed for good; it counts as score 0 in the search. Null if it did not fail.",
  })
  failed(@Root() { failureCode, failureReason }: ArchitectureRow): RunError | null {
    return failureCode === null ? null : { code: failureCode, message: failureReason ?? "" };
  }

  @UsualLength(4)
  @FieldResolver(() => [Export], {
    description:
      "The newest export of each of its models in each form, the newest first: done, under way or failed. One that is done or under way is not made twice when it is asked for with exportArchitecture.",
  })
  exports(@Root() { id }: ArchitectureRow, @Ctx() { loaders }: Context): Promise<ExportRow[]> {
    return loaders.exportsOfArchitecture.load(id);
  }

  @FieldResolver(() => TrainingConnection, { description: "Its pre-trainings, the newest first." })
  trainings(
    @Root() { id }: ArchitectureRow,
    @Args(() => PageArguments) page: PageArguments,
    @Ctx() { database, teamIds }: Context,
  ): Promise<Page> {
    return trainingPage(database, page, teamIds, id);
  }
}

@Resolver(() => Evaluation)
export class EvaluationFields {
  @UsualLength(8)
  @FieldResolver(() => [TaskScore], { description: "The score of each proxy task." })
  taskScores(@Root() evaluation: EvaluationRow): TaskScore[] {
    return taskScoresOf(evaluation);
  }

  @FieldResolver(() => EvaluationTimes, { description: "The seconds spent, by part." })
  times(@Root() { timings }: EvaluationRow): EvaluationTimes {
    return timingsSchema.parse(timings);
  }

  @FieldResolver(() => [Float], {
    nullable: true,
    description:
      "The mean cosine similarity between different tokens of a held-out sequence, −1 to 1: after the embedding and after each layer. Null if the training diverged or the evaluation is older than the measure.",
  })
  tokenUniformity(@Root() { tokenUniformity }: EvaluationRow): number[] | null {
    return tokenUniformitySchema.nullable().parse(tokenUniformity);
  }
}

@Resolver(() => TaskScore)
export class TaskScoreFields {
  @FieldResolver(() => TaskScoring, {
    nullable: true,
    description: "The way in which it was scored, as `kind` says. Null for one of a newer version.",
  })
  scoring(@Root() { kind }: TaskScore): TaskScoring | null {
    return scoringSchema.safeParse(kind).data ?? null;
  }
}

const scoringSchema = z.enum(TaskScoring);

/** Returns the JSON of an architecture, which is read where its list has left it out. */
/** Reads the JSON form of an architecture, where its row was read without it. */
export async function jsonOf(
  { id, json }: ArchitectureRow,
  { backbone }: Loaders,
): Promise<unknown> {
  return json ?? (await backbone.load(id)).json;
}

function taskScoresOf({ taskScores }: EvaluationRow): TaskScore[] {
  return readTaskScores(taskScores).map(({ diverged = false, ...score }) => ({
    ...score,
    diverged,
  }));
}
