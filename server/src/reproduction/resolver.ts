import {
  reproductionChannel,
  startReproduction,
  type Reproduction as ReproductionRow,
} from "@opnas/prisma";
import {
  Arg,
  Ctx,
  FieldResolver,
  ID,
  Mutation,
  Query,
  Resolver,
  Root,
  Subscription,
} from "type-graphql";
import type { ArchitectureRow } from "../architecture/row.js";
import { Architecture } from "../architecture/types.js";
import type { Context } from "../context.js";
import { followRow } from "../events/followRow.js";
import { isRowId } from "../input.js";
import { requireReproduction } from "../node/lookup.js";
import { notFound } from "../notFound.js";
import { storedError } from "../run/storedError.js";
import { RunError } from "../run/types.js";
import { compareReproduction } from "./compare.js";
import { Reproduction, ReproductionComparison } from "./types.js";

const idArgument = { description: "The reproduction's id." };

@Resolver(() => Reproduction)
export class ReproductionResolver {
  @Query(() => Reproduction, {
    nullable: true,
    description:
      "One reproduction by its id. An unknown id, also one of a deleted run, gets the error NOT_FOUND.",
  })
  reproduction(
    @Arg("id", () => ID, idArgument) id: string,
    @Ctx() { database }: Context,
  ): Promise<ReproductionRow> {
    return requireReproduction(database, id);
  }

  @Mutation(() => Reproduction, {
    description:
      "Makes an architecture's evaluation again from what is stored, and compares. One that is under way for it is returned instead.",
  })
  async reproduce(
    @Arg("architectureId", () => ID, { description: "The id of an evaluated architecture." })
    architectureId: string,
    @Ctx() { database, queue }: Context,
  ): Promise<ReproductionRow> {
    if (!isRowId(architectureId)) throw notFound("architecture", architectureId);
    return startReproduction(database, queue, architectureId);
  }

  @Subscription(() => Reproduction, {
    subscribe: ({ args, context }: { args: { id: string }; context: Context }) =>
      changes(args.id, context),
    description:
      "The states of a reproduction: the present one at once, then each change. The subscription ends when it is over.",
  })
  reproductionChanged(
    @Arg("id", () => ID, idArgument) _id: string,
    @Root() reproduction: ReproductionRow,
  ): ReproductionRow {
    return reproduction;
  }

  @FieldResolver(() => Architecture, { description: "The architecture that it is about." })
  architecture(
    @Root() { architectureId }: ReproductionRow,
    @Ctx() { loaders }: Context,
  ): Promise<ArchitectureRow> {
    return loaders.architecture.load(architectureId);
  }

  @FieldResolver(() => ReproductionComparison, {
    nullable: true,
    description: "The comparison with the stored result. Null until it is done.",
  })
  async comparison(
    @Root() { architectureId, result, engine }: ReproductionRow,
    @Ctx() { loaders }: Context,
  ): Promise<ReproductionComparison | null> {
    if (result === null) return null;
    const [evaluation] = await loaders.evaluationsOfArchitecture.load(architectureId);
    if (evaluation === undefined) return null;
    const { engines } = await loaders.run.load(evaluation.runId);
    return compareReproduction(evaluation, { result, engine }, engines);
  }

  @FieldResolver(() => RunError, {
    nullable: true,
    description: "The error that it failed with. Null if it did not fail.",
  })
  error(@Root() { error }: ReproductionRow): RunError | null {
    return storedError(error);
  }
}

async function changes(id: string, context: Context) {
  await requireReproduction(context.database, id);
  const read = () => context.database.reproduction.findUnique({ where: { id } });
  return followRow(context, { channel: reproductionChannel, id, read });
}
