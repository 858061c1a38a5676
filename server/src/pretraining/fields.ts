import type { PretrainSettings as PretrainSettingsValues } from "@opnas/core";
import {
  type Pretraining as TrainingRow,
  type PretrainingMetric as MetricRow,
  settingsOfPretraining,
} from "@opnas/prisma";
import { Arg, Ctx, FieldResolver, Int, Resolver, Root } from "type-graphql";
import type { ArchitectureRow } from "../architecture/row.js";
import { Architecture } from "../architecture/types.js";
import type { Context } from "../context.js";
import { maxPageSize, pageSize } from "../pagination/keyset.js";
import { storedError } from "../run/storedError.js";
import { RunError } from "../run/types.js";
import { PretrainSettings } from "../setting/typed.js";
import { etaSeconds } from "./recent.js";
import { Training, TrainingMetric } from "./types.js";

const defaultPointCount = 50;

@Resolver(() => Training)
export class TrainingFields {
  @FieldResolver(() => Architecture, { description: "The architecture that is pre-trained." })
  architecture(
    @Root() { architectureId }: TrainingRow,
    @Ctx() { loaders }: Context,
  ): Promise<ArchitectureRow> {
    return loaders.architecture.load(architectureId);
  }

  @FieldResolver(() => PretrainSettings, {
    description: "All settings, the defaults with the changes of the request.",
  })
  typedSettings(@Root() training: TrainingRow): PretrainSettingsValues {
    return settingsOfPretraining(training);
  }

  @FieldResolver(() => RunError, {
    nullable: true,
    description: "The error that it failed with. Null if it did not fail.",
  })
  error(@Root() { error }: TrainingRow): RunError | null {
    return storedError(error);
  }

  @FieldResolver(() => TrainingMetric, {
    nullable: true,
    description: "The newest point of the loss curve. Null before the first.",
  })
  async lastMetric(
    @Root() { id }: TrainingRow,
    @Ctx() { loaders }: Context,
  ): Promise<MetricRow | null> {
    return (await loaders.recentMetrics.load(id))[0] ?? null;
  }

  @FieldResolver(() => Int, {
    nullable: true,
    description:
      "The estimated seconds that the rest takes at its present speed. Null before the first point and while it does not run.",
  })
  async etaSeconds(
    @Root() training: TrainingRow,
    @Ctx() { loaders }: Context,
  ): Promise<number | null> {
    return etaSeconds(training, await loaders.recentMetrics.load(training.id));
  }

  @FieldResolver(() => [TrainingMetric], {
    description: "The stored points of the loss curve with a step above `after`, in order.",
  })
  async metrics(
    @Root() { id }: TrainingRow,
    @Arg("first", () => Int, {
      nullable: true,
      defaultValue: defaultPointCount,
      description: `The most points to return, 1 to ${maxPageSize}.`,
    })
    first: number | null,
    @Arg("after", () => Int, {
      nullable: true,
      description: "The step of the last point already known; by default 0, before the first.",
    })
    after: number | null,
    @Ctx() { database }: Context,
  ): Promise<MetricRow[]> {
    return database.pretrainingMetric.findMany({
      where: { pretrainingId: id, step: { gt: after ?? 0 } },
      orderBy: { step: "asc" },
      take: pageSize(first, defaultPointCount),
    });
  }
}
