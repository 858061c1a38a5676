import {
  cancelPretraining,
  resumePretraining,
  startPretraining,
  type Pretraining as TrainingRow,
  type PretrainingMetric as MetricRow,
} from "@opnas/prisma";
import {
  Arg,
  Args,
  Ctx,
  ID,
  Int,
  Mutation,
  Query,
  Resolver,
  Root,
  Subscription,
} from "type-graphql";
import type { Context } from "../context.js";
import { UsualLength } from "../http/cost.js";
import { keyOf, refuseForeignText } from "../identity/ownership.js";
import { refuseMissingText } from "../run/ownTexts.js";
import { isRowId } from "../input.js";
import type { Page } from "../pagination/keyset.js";
import { notFound } from "../notFound.js";
import { requireArchitecture, requireTraining } from "../node/lookup.js";
import { trainingChanges } from "./changes.js";
import { followTraining } from "./follow.js";
import { trainingPage } from "./page.js";
import { plannedPretraining } from "./plan.js";
import { PretrainInput, TrainingPageArguments } from "./inputs.js";
import { Training, TrainingConnection, TrainingMetric } from "./types.js";

interface FollowArguments {
  trainingId: string;
  after: number | null;
}

interface ChangeArguments {
  architectureId?: string | null;
}

const idArgument = { description: "The pre-training's id." };

@Resolver()
export class TrainingResolver {
  @Query(() => Training, {
    nullable: true,
    description:
      "One pre-training by its id. An unknown id, also one of a deleted run, gets the error NOT_FOUND.",
  })
  training(
    @Arg("id", () => ID, idArgument) id: string,
    @Ctx() { database }: Context,
  ): Promise<TrainingRow> {
    return requireTraining(database, id);
  }

  @Query(() => TrainingConnection, {
    description:
      "The pre-trainings of all architectures but those of deleted runs, the newest first.",
  })
  trainings(
    @Args(() => TrainingPageArguments) page: TrainingPageArguments,
    @Ctx() { database, teamIds }: Context,
  ): Promise<Page> {
    return trainingPage(database, page, teamIds);
  }

  @Mutation(() => Training, {
    description:
      "Starts a full pre-training of an architecture, at any size: records it and queues its job.",
  })
  async pretrain(
    @Arg("architectureId", () => ID, { description: "The id of the architecture to train." })
    architectureId: string,
    @Arg("input", () => PretrainInput, { description: "The pre-training to start." })
    input: PretrainInput,
    @Ctx() context: Context,
  ): Promise<TrainingRow> {
    const { database, queue } = context;
    const architecture = isRowId(architectureId)
      ? await database.architecture.findUnique({
          where: { id: architectureId },
          include: { run: true },
        })
      : null;
    if (architecture === null) throw notFound("architecture", architectureId);
    const planned = plannedPretraining(architecture, architecture.run, input);
    await refuseForeignText(context, planned.settings.text);
    await refuseMissingText(context, planned.settings.text, ["input", "settings", "text"]);
    const idempotencyKey = keyOf(context, planned.idempotencyKey);
    return startPretraining(database, queue, { ...planned, idempotencyKey });
  }

  @Mutation(() => Training, {
    description:
      "Cancels a pre-training that is not over: its worker stops between two steps. It can be resumed.",
  })
  async cancelTraining(
    @Arg("id", () => ID, idArgument) id: string,
    @Ctx() { database }: Context,
  ): Promise<TrainingRow> {
    if (!isRowId(id)) throw notFound("training", id);
    return cancelPretraining(database, id);
  }

  @Mutation(() => Training, {
    description: "Resumes a cancelled or failed pre-training from its last checkpoint.",
  })
  async resumeTraining(
    @Arg("id", () => ID, idArgument) id: string,
    @Ctx() { database, queue }: Context,
  ): Promise<TrainingRow> {
    if (!isRowId(id)) throw notFound("training", id);
    return resumePretraining(database, queue, id);
  }

  @UsualLength(50)
  @Subscription(() => [TrainingMetric], {
    subscribe: ({ args, context }: { args: FollowArguments; context: Context }) =>
      metrics(args, context),
    description:
      "The points of the loss curve with a step above `after`: first the stored ones, then those that are added, in order, none missed and none twice. The subscription ends when the pre-training is over.",
  })
  trainingMetrics(
    @Arg("trainingId", () => ID, idArgument) _trainingId: string,
    @Arg("after", () => Int, {
      nullable: true,
      defaultValue: 0,
      description: "The step of the last point already known; 0 is before the first.",
    })
    _after: number | null,
    @Root() points: MetricRow[],
  ): MetricRow[] {
    return points;
  }

  @Subscription(() => Training, {
    subscribe: ({ args, context }: { args: ChangeArguments; context: Context }) =>
      changes(args, context),
    description:
      "Every pre-training that is not over, at once; then each that is new or changed (status, step, loss), at most four times a second.",
  })
  trainingChanged(
    @Arg("architectureId", () => ID, {
      nullable: true,
      description: "The architecture whose pre-trainings are wanted; by default all are.",
    })
    _architectureId: string | null,
    @Root() training: TrainingRow,
  ): TrainingRow {
    return training;
  }
}

async function changes({ architectureId = null }: ChangeArguments, context: Context) {
  if (architectureId !== null) await requireArchitecture(context.database, architectureId);
  return trainingChanges(context, architectureId);
}

async function metrics({ trainingId, after }: FollowArguments, context: Context) {
  const exists =
    isRowId(trainingId) &&
    (await context.database.pretraining.count({ where: { id: trainingId } })) > 0;
  if (!exists) throw notFound("training", trainingId);
  return followTraining(context, trainingId, after ?? 0);
}
