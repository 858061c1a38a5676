import type {
  Architecture as ArchitectureRow,
  Evaluation as EvaluationRow,
  Generation as GenerationRow,
} from "@opnas/prisma";
import { Ctx, FieldResolver, Float, Resolver, Root } from "type-graphql";
import { Architecture, Evaluation } from "../architecture/types.js";
import type { Context } from "../context.js";
import { Generation } from "./types.js";

@Resolver(() => Generation)
export class GenerationFields {
  @FieldResolver(() => Float, { nullable: true, description: "In this generation or before it." })
  async bestScoreSoFar(
    @Root() { runId, index }: GenerationRow,
    @Ctx() { loaders }: Context,
  ): Promise<number | null> {
    const scores = (await loaders.generationsOfRun.load(runId))
      .filter((generation) => generation.index <= index)
      .flatMap(({ bestScore }) => (bestScore === null ? [] : [bestScore]));
    return scores.length === 0 ? null : Math.max(...scores);
  }

  @FieldResolver(() => [Architecture], { description: "By their place in the generation." })
  candidates(
    @Root() { id }: GenerationRow,
    @Ctx() { loaders }: Context,
  ): Promise<ArchitectureRow[]> {
    return loaders.candidatesOfGeneration.load(id);
  }

  @FieldResolver(() => [Evaluation], { description: "The oldest first." })
  evaluations(
    @Root() { id }: GenerationRow,
    @Ctx() { loaders }: Context,
  ): Promise<EvaluationRow[]> {
    return loaders.evaluationsOfGeneration.load(id);
  }
}
