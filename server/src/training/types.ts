import type { PretrainingStatus as StoredStatus } from "@opnas/prisma";
import { GraphQLJSON } from "graphql-scalars";
import { Field, Float, ID, InputType, Int, ObjectType, registerEnumType } from "type-graphql";
import { PageInfo } from "../pagination/types.js";

export const TrainingStatus = {
  QUEUED: "QUEUED",
  RUNNING: "RUNNING",
  DONE: "DONE",
  FAILED: "FAILED",
  CANCELLED: "CANCELLED",
} as const satisfies { [Name in StoredStatus]: Name };
export type TrainingStatus = StoredStatus;
registerEnumType(TrainingStatus, { name: "TrainingStatus" });

export enum PublishedSize {
  SMALL = "small",
  BASE = "base",
  LARGE = "large",
}
registerEnumType(PublishedSize, {
  name: "PublishedSize",
  description:
    "Layers, hidden and heads as published: small 12, 256, 4; base 12, 768, 12; large 24, 1024, 16; with pairs of 128 tokens and a learning rate of 1e-4.",
});

@ObjectType({
  description: "A full pre-training of one architecture: masked words and next sentences.",
})
export class Training {
  @Field(() => ID)
  id!: string;

  @Field(() => TrainingStatus)
  status!: TrainingStatus;

  @Field(() => GraphQLJSON, { description: "All settings, the defaults with the changes." })
  settings!: unknown;

  @Field(() => Int, { description: "The same seed and settings give the same training." })
  seed!: number;

  @Field(() => Int, { description: "Steps done." })
  step!: number;

  @Field(() => Int, { description: "Steps wanted." })
  steps!: number;

  @Field(() => String, { nullable: true, description: "Null until a worker took the training." })
  engine!: string | null;

  @Field(() => String, {
    nullable: true,
    description: "Folder of the trained model, below the data folder; null until it is done.",
  })
  artifact!: string | null;

  @Field(() => Date)
  createdAt!: Date;

  @Field(() => Date, { nullable: true })
  startedAt!: Date | null;

  @Field(() => Date, { nullable: true })
  finishedAt!: Date | null;
}

@ObjectType({
  description:
    "A point of a training's loss curve. Losses: means in nats over the steps since the last point; one a step up to 2,000 steps.",
})
export class TrainingMetric {
  @Field(() => Int, { description: "Steps done at its end: 1 after the first." })
  step!: number;

  @Field(() => Float, { description: "The sum of the two below." })
  loss!: number;

  @Field(() => Float)
  maskedLoss!: number;

  @Field(() => Float)
  nextSentenceLoss!: number;

  @Field(() => Float)
  learningRate!: number;

  @Field(() => Float)
  tokensPerSecond!: number;

  @Field(() => Date)
  time!: Date;
}

@ObjectType()
export class TrainingEdge {
  @Field(() => String)
  cursor!: string;
}

@ObjectType()
export class TrainingConnection {
  @Field(() => [TrainingEdge])
  edges!: TrainingEdge[];

  @Field(() => PageInfo)
  pageInfo!: PageInfo;
}

@InputType()
export class TrainingFilter {
  @Field(() => [TrainingStatus], { nullable: true })
  status?: TrainingStatus[] | null;
}

@InputType()
export class PretrainInput {
  @Field(() => Int, {
    nullable: true,
    description: "0 or more. Default: a seed chosen by the server and recorded.",
  })
  seed?: number | null;

  @Field(() => PublishedSize, {
    nullable: true,
    description: "In place of the search's size; settings.size lies over it.",
  })
  size?: PublishedSize | null;

  @Field(() => GraphQLJSON, {
    nullable: true,
    description:
      "Partial settings, checked: size { layers hidden heads vocabulary length } (default: the search's size with the architecture's layers), steps, batch, accumulate, learningRate, warmup, weightDecay, masking, checkpointEverySeconds.",
  })
  settings?: unknown;

  @Field(() => String, {
    nullable: true,
    description: "Repeating a request with the same key returns the first training.",
  })
  idempotencyKey?: string | null;
}
