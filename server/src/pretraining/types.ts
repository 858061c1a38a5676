import type { PretrainingStatus as StoredStatus } from "@opnas/prisma";
import { GraphQLJSON } from "graphql-scalars";
import { Field, Float, ID, Int, ObjectType, registerEnumType } from "type-graphql";
import { Node } from "../node/types.js";
import { connectionOf } from "../pagination/connection.js";

export const TrainingStatus = {
  QUEUED: "QUEUED",
  RUNNING: "RUNNING",
  DONE: "DONE",
  FAILED: "FAILED",
  CANCELLED: "CANCELLED",
} as const satisfies { [Name in StoredStatus]: Name };
export type TrainingStatus = StoredStatus;
registerEnumType(TrainingStatus, {
  name: "TrainingStatus",
  description: "The state of a pre-training.",
  valuesConfig: {
    QUEUED: { description: "It waits for a worker." },
    RUNNING: { description: "A worker trains the model." },
    DONE: { description: "The trained model is stored: see Training.artifact." },
    FAILED: { description: "An error ended it: see Training.error. It can be resumed." },
    CANCELLED: { description: "It was cancelled. It can be resumed." },
  },
});

@ObjectType({
  description:
    "A full pre-training of one architecture, on masked words and next-sentence prediction.",
  implements: Node,
})
export class Training {
  @Field(() => ID, { description: "The pre-training's identifier, a UUID." })
  id!: string;

  @Field(() => TrainingStatus, { description: "The state of the pre-training." })
  status!: TrainingStatus;

  @Field(() => GraphQLJSON, {
    deprecationReason: "Read the typed field typedSettings.",
    description: "All settings, the defaults with the changes of the request.",
  })
  settings!: unknown;

  @Field(() => Int, {
    description:
      "The seed of all random choices, 0 or more: the same seed and settings give the same model.",
  })
  seed!: number;

  @Field(() => Int, { description: "The number of optimizer steps that are done." })
  step!: number;

  @Field(() => Int, { description: "The number of optimizer steps of the whole pre-training." })
  steps!: number;

  @Field(() => String, {
    nullable: true,
    description: "The engine that trains, such as tensorflow. Null until a worker took it.",
  })
  engine!: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      "The folder of the trained model: below the data folder, or a whole path or address such as s3://bucket/prefix where the setting OPNAS_ARTIFACTS names the place. Null until it is done.",
  })
  artifact!: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      "The reason why it waits though it is queued or running, such as the full disk of a worker; it goes on by itself when that is mended. Null while it goes on.",
  })
  waitingReason!: string | null;

  @Field(() => Date, { description: "The time at which it was requested." })
  createdAt!: Date;

  @Field(() => Date, {
    nullable: true,
    description: "The time at which a worker began. Null before.",
  })
  startedAt!: Date | null;

  @Field(() => Date, {
    nullable: true,
    description: "The time at which it was done, failed or cancelled. Null before.",
  })
  finishedAt!: Date | null;
}

export const TrainingConnection = connectionOf(Training, (loaders) => loaders.training);

@ObjectType({
  description:
    "A point of a pre-training's loss curve: means over the steps since the point before. There is one for each step up to 2,000 steps, and at most 2,000.",
})
export class TrainingMetric {
  @Field(() => Int, { description: "The number of steps done at the point; 1 after the first." })
  step!: number;

  @Field(() => Float, {
    description: "The mean loss in nats: the sum of maskedLoss and nextSentenceLoss.",
  })
  loss!: number;

  @Field(() => Float, {
    description: "The mean cross-entropy of predicting masked words, in nats.",
  })
  maskedLoss!: number;

  @Field(() => Float, {
    description: "The mean cross-entropy of next-sentence prediction, in nats.",
  })
  nextSentenceLoss!: number;

  @Field(() => Float, { description: "The learning rate at the point." })
  learningRate!: number;

  @Field(() => Float, { description: "The number of tokens trained on per second." })
  tokensPerSecond!: number;

  @Field(() => Date, { description: "The time at which the point was stored." })
  time!: Date;
}
