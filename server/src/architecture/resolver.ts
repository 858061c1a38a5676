import { architectureSchema } from "@opnas/core";
import type {
  Architecture as ArchitectureRow,
  Evaluation as EvaluationRow,
  Generation as GenerationRow,
  SearchRun as RunRow,
} from "@opnas/prisma";
import { taskScoreSchema, tokenUniformitySchema } from "@opnas/prisma";
import { Arg, Ctx, FieldResolver, Float, ID, Int, Query, Resolver, Root } from "type-graphql";
import { z } from "zod";
import type { Context } from "../context.js";
import { isRowId } from "../input.js";
import type { Page } from "../pagination/keyset.js";
import { Generation, SearchRun } from "../run/types.js";
import { layersOf } from "./layers.js";
import {
  Architecture,
  ArchitectureConnection,
  ArchitectureEdge,
  Evaluation,
  Layer,
  LineageStep,
  TaskScore,
} from "./types.js";

@Resolver(() => Architecture)
export class ArchitectureResolver {
  @Query(() => Architecture, { nullable: true })
  async architecture(
    @Arg("id", () => ID) id: string,
    @Ctx() { database }: Context,
  ): Promise<ArchitectureRow | null> {
    return isRowId(id) ? database.architecture.findUnique({ where: { id } }) : null;
  }

  @FieldResolver(() => [Layer])
  layers(@Root() { json }: ArchitectureRow): Layer[] {
    return layersOf(architectureSchema.parse(json));
  }

  @FieldResolver(() => SearchRun)
  run(@Root() { runId }: ArchitectureRow, @Ctx() { loaders }: Context): Promise<RunRow> {
    return loaders.run.load(runId);
  }

  @FieldResolver(() => Generation)
  generation(
    @Root() { generationId }: ArchitectureRow,
    @Ctx() { loaders }: Context,
  ): Promise<GenerationRow> {
    return loaders.generation.load(generationId);
  }

  @FieldResolver(() => Int)
  async generationIndex(
    @Root() { generationId }: ArchitectureRow,
    @Ctx() { loaders }: Context,
  ): Promise<number> {
    return (await loaders.generation.load(generationId)).index;
  }

  @FieldResolver(() => Architecture, { nullable: true })
  async parent(
    @Root() { parentId }: ArchitectureRow,
    @Ctx() { loaders }: Context,
  ): Promise<ArchitectureRow | null> {
    return parentId === null ? null : loaders.architecture.load(parentId);
  }

  @FieldResolver(() => [LineageStep], {
    description: "From the first ancestor down to this architecture, which is the last step.",
  })
  async lineage(
    @Root() { id }: ArchitectureRow,
    @Ctx() { loaders }: Context,
  ): Promise<{ architecture: ArchitectureRow; mutation: string | null }[]> {
    const ids = await loaders.lineage.load(id);
    const ancestors = await Promise.all(ids.map((ancestor) => loaders.architecture.load(ancestor)));
    return ancestors.map((architecture) => ({ architecture, mutation: architecture.mutation }));
  }

  @FieldResolver(() => [Evaluation])
  evaluations(
    @Root() { id }: ArchitectureRow,
    @Ctx() { loaders }: Context,
  ): Promise<EvaluationRow[]> {
    return loaders.evaluationsOfArchitecture.load(id);
  }

  @FieldResolver(() => [TaskScore], { description: "Of the newest evaluation; empty before it." })
  async taskScores(
    @Root() { id }: ArchitectureRow,
    @Ctx() { loaders }: Context,
  ): Promise<TaskScore[]> {
    const newest = (await loaders.evaluationsOfArchitecture.load(id)).at(-1);
    return newest === undefined ? [] : taskScoresOf(newest);
  }
}

@Resolver(() => Evaluation)
export class EvaluationResolver {
  @FieldResolver(() => [TaskScore])
  taskScores(@Root() evaluation: EvaluationRow): TaskScore[] {
    return taskScoresOf(evaluation);
  }

  @FieldResolver(() => [Float], {
    nullable: true,
    description:
      "Mean cosine similarity between different tokens of a held-out sequence, −1 to 1: after the embedding and after each layer. Null if it diverged or is older than the measure.",
  })
  tokenUniformity(@Root() { tokenUniformity }: EvaluationRow): number[] | null {
    return tokenUniformitySchema.nullable().parse(tokenUniformity);
  }
}

@Resolver(() => ArchitectureConnection)
export class ArchitectureConnectionResolver {
  @FieldResolver(() => Int)
  totalCount(@Root() page: Page): Promise<number> {
    return page.count();
  }
}

@Resolver(() => ArchitectureEdge)
export class ArchitectureEdgeResolver {
  @FieldResolver(() => Architecture)
  node(@Root() { id }: { id: string }, @Ctx() { loaders }: Context): Promise<ArchitectureRow> {
    return loaders.architecture.load(id);
  }
}

const taskScoresSchema = z.array(taskScoreSchema);

function taskScoresOf({ taskScores }: EvaluationRow): TaskScore[] {
  return taskScoresSchema.parse(taskScores);
}
