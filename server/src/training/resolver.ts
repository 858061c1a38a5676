import {
  cancelPretraining,
  resumePretraining,
  startPretraining,
  type Architecture as ArchitectureRow,
  type Pretraining as TrainingRow,
  type PretrainingMetric as MetricRow,
} from "@opnas/prisma";
import {
  Arg,
  Ctx,
  FieldResolver,
  ID,
  Int,
  Mutation,
  Query,
  Resolver,
  Root,
  Subscription,
} from "type-graphql";
import { Architecture } from "../architecture/types.js";
import type { Context } from "../context.js";
import { isRowId } from "../input.js";
import { type Page, usualPage } from "../pagination/keyset.js";
import { notFound } from "../notFound.js";
import { followTraining } from "./follow.js";
import { trainingPage } from "./page.js";
import { plannedTraining } from "./plan.js";
import {
  PretrainInput,
  Training,
  TrainingConnection,
  TrainingEdge,
  TrainingFilter,
  TrainingMetric,
} from "./types.js";

interface FollowArguments {
  trainingId: string;
  after: number | null;
}

@Resolver(() => Training)
export class TrainingResolver {
  @Query(() => Training, { nullable: true })
  async training(
    @Arg("id", () => ID) id: string,
    @Ctx() { database }: Context,
  ): Promise<TrainingRow | null> {
    return isRowId(id) ? database.pretraining.findUnique({ where: { id } }) : null;
  }

  @Query(() => TrainingConnection, { description: "The newest first." })
  trainings(
    @Arg("first", () => Int, { nullable: true, defaultValue: usualPage }) first: number | null,
    @Arg("after", () => String, { nullable: true }) after: string | null,
    @Arg("filter", () => TrainingFilter, { nullable: true }) filter: TrainingFilter | null,
    @Ctx() { database }: Context,
  ): Promise<Page> {
    return trainingPage(database, filter, { first, after });
  }

  @Mutation(() => Training, { description: "Pre-trains an architecture in full, at any size." })
  async pretrain(
    @Arg("architectureId", () => ID) architectureId: string,
    @Arg("input", () => PretrainInput) input: PretrainInput,
    @Ctx() { database, queue }: Context,
  ): Promise<TrainingRow> {
    const architecture = isRowId(architectureId)
      ? await database.architecture.findUnique({
          where: { id: architectureId },
          include: { run: true },
        })
      : null;
    if (architecture === null) throw notFound("architecture", architectureId);
    return startPretraining(
      database,
      queue,
      plannedTraining(architecture, architecture.run, input),
    );
  }

  @Mutation(() => Training, {
    description: "Its worker stops between two steps; it can be resumed.",
  })
  async cancelTraining(
    @Arg("id", () => ID) id: string,
    @Ctx() { database }: Context,
  ): Promise<TrainingRow> {
    if (!isRowId(id)) throw notFound("training", id);
    return cancelPretraining(database, id);
  }

  @Mutation(() => Training, {
    description: "A cancelled or failed training goes on from its last checkpoint.",
  })
  async resumeTraining(
    @Arg("id", () => ID) id: string,
    @Ctx() { database, queue }: Context,
  ): Promise<TrainingRow> {
    if (!isRowId(id)) throw notFound("training", id);
    return resumePretraining(database, queue, id);
  }

  @Subscription(() => [TrainingMetric], {
    subscribe: ({ args, context }: { args: FollowArguments; context: Context }) =>
      metrics(args, context),
    description:
      "Replays the stored points of the loss curve with step > after, then follows live: nothing missed, nothing twice. Ends when the training is over.",
  })
  trainingMetrics(
    @Arg("trainingId", () => ID) _trainingId: string,
    @Arg("after", () => Int, { nullable: true, defaultValue: 0 }) _after: number | null,
    @Root() points: MetricRow[],
  ): MetricRow[] {
    return points;
  }

  @FieldResolver(() => Architecture)
  architecture(
    @Root() { architectureId }: TrainingRow,
    @Ctx() { loaders }: Context,
  ): Promise<ArchitectureRow> {
    return loaders.architecture.load(architectureId);
  }
}

async function metrics({ trainingId, after }: FollowArguments, context: Context) {
  const isThere =
    isRowId(trainingId) &&
    (await context.database.pretraining.count({ where: { id: trainingId } })) > 0;
  if (!isThere) throw notFound("training", trainingId);
  return followTraining(context, trainingId, after ?? 0);
}

@Resolver(() => TrainingConnection)
export class TrainingConnectionResolver {
  @FieldResolver(() => Int)
  totalCount(@Root() page: Page): Promise<number> {
    return page.count();
  }
}

@Resolver(() => TrainingEdge)
export class TrainingEdgeResolver {
  @FieldResolver(() => Training)
  node(@Root() { id }: { id: string }, @Ctx() { loaders }: Context): Promise<TrainingRow> {
    return loaders.training.load(id);
  }
}
