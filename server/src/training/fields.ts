import type {
  Architecture as ArchitectureRow,
  Pretraining as TrainingRow,
  PretrainingMetric as MetricRow,
} from "@opnas/prisma";
import { Arg, Ctx, FieldResolver, Int, Resolver, Root } from "type-graphql";
import { z } from "zod";
import { Architecture } from "../architecture/types.js";
import type { Context } from "../context.js";
import { type Page, pageSize, usualPage } from "../pagination/keyset.js";
import { RunError } from "../run/types.js";
import { trainingPage } from "./page.js";
import { etaSeconds } from "./recent.js";
import { Training, TrainingConnection, TrainingMetric } from "./types.js";

const usualMetrics = 50;

const errorSchema = z.object({ code: z.string(), message: z.string() });

@Resolver(() => Training)
export class TrainingFields {
  @FieldResolver(() => RunError, { nullable: true })
  error(@Root() { error }: TrainingRow): RunError | null {
    return error === null ? null : errorSchema.parse(error);
  }

  @FieldResolver(() => TrainingMetric, { nullable: true, description: "The newest point." })
  async lastMetric(
    @Root() { id }: TrainingRow,
    @Ctx() { loaders }: Context,
  ): Promise<MetricRow | null> {
    return (await loaders.recentMetrics.load(id))[0] ?? null;
  }

  @FieldResolver(() => Int, { nullable: true, description: "At its present speed." })
  async etaSeconds(
    @Root() training: TrainingRow,
    @Ctx() { loaders }: Context,
  ): Promise<number | null> {
    return etaSeconds(training, await loaders.recentMetrics.load(training.id));
  }

  @FieldResolver(() => [TrainingMetric], {
    description: "Stored points of the loss curve with step > after, in order.",
  })
  async metrics(
    @Root() { id }: TrainingRow,
    @Arg("first", () => Int, { nullable: true, defaultValue: usualMetrics }) first: number | null,
    @Arg("after", () => Int, { nullable: true }) after: number | null,
    @Ctx() { database }: Context,
  ): Promise<MetricRow[]> {
    return database.pretrainingMetric.findMany({
      where: { pretrainingId: id, step: { gt: after ?? 0 } },
      orderBy: { step: "asc" },
      take: pageSize(first, usualMetrics),
    });
  }
}

@Resolver(() => Architecture)
export class ArchitectureTrainings {
  @FieldResolver(() => TrainingConnection, { description: "Its pre-trainings, the newest first." })
  trainings(
    @Root() { id }: ArchitectureRow,
    @Arg("first", () => Int, { nullable: true, defaultValue: usualPage }) first: number | null,
    @Arg("after", () => String, { nullable: true }) after: string | null,
    @Ctx() { database }: Context,
  ): Promise<Page> {
    return trainingPage(database, null, { first, after }, id);
  }
}
