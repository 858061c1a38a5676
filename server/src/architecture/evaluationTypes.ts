import { GraphQLJSON } from "graphql-scalars";
import { Field, Float, ID, Int, ObjectType, registerEnumType } from "type-graphql";
import { Node } from "../node/types.js";
import { Stability } from "./types.js";

@ObjectType({
  description: "The score of one architecture in one proxy task, beside two baselines.",
})
export class TaskScore {
  @Field(() => String, { description: "The task's name, as in the query tasks." })
  task!: string;

  @Field(() => String, { description: "The task's title for people." })
  title!: string;

  @Field(() => String, {
    description:
      "The kind of scoring: masked (predicting hidden words), zeroShot (by likelihood alone) or fineTuned (after fine-tuning a small head).",
  })
  kind!: string;

  @Field(() => String, { description: "The metric of the scores, in words." })
  metric!: string;

  @Field(() => Float, { description: "The architecture's score in the task's metric, 0 to 100." })
  score!: number;

  @Field(() => Float, {
    description:
      "The score of always answering with the most frequent answer, on the same test set.",
  })
  majority!: number;

  @Field(() => Float, { description: "The score of an n-gram model on the same test set." })
  ngram!: number;

  @Field(() => Boolean, {
    description:
      "True if the fine-tuning diverged, also at half the learning rate; the score is then 0.",
  })
  diverged!: boolean;
}

@ObjectType({ description: "The seconds that an evaluation took, by part." })
export class EvaluationTimes {
  @Field(() => Float, {
    description: "The seconds of training after it inherited the super-net's weights.",
  })
  trainSeconds!: number;

  @Field(() => Float, { description: "The seconds of fine-tuning on the proxy tasks." })
  fineTuneSeconds!: number;

  @Field(() => Float, { description: "The seconds of scoring on held-out text." })
  scoreSeconds!: number;

  @Field(() => Float, {
    description: "The seconds of the platform's own work: queue, database and events.",
  })
  overheadSeconds!: number;
}

/** The kinds of scoring; the values are those of core's tasks. */
export enum TaskScoring {
  MASKED = "masked",
  ZERO_SHOT = "zeroShot",
  FINE_TUNED = "fineTuned",
}
registerEnumType(TaskScoring, {
  name: "TaskScoring",
  description: "The way in which a proxy task scores an architecture.",
  valuesConfig: {
    MASKED: { description: "By predicting hidden words." },
    ZERO_SHOT: { description: "By likelihood alone." },
    FINE_TUNED: { description: "After fine-tuning a small head." },
  },
});

@ObjectType({
  description: "The result of training and scoring one architecture.",
  implements: Node,
})
export class Evaluation {
  @Field(() => ID, { description: "The evaluation's identifier, a UUID." })
  id!: string;

  @Field(() => Float, {
    description: "The mean score of the proxy tasks, 0 to 100; 0 if the training diverged.",
  })
  score!: number;

  @Field(() => Stability, { description: "The course of the training." })
  stability!: Stability;

  @Field(() => Float, {
    nullable: true,
    description:
      "The masked-LM loss on held-out text: cross-entropy in nats. Null if the training diverged.",
  })
  heldOutLoss!: number | null;

  @Field(() => Float, {
    nullable: true,
    description:
      "The share of masked words of held-out text predicted correctly, 0 to 1. Null if the training diverged.",
  })
  heldOutAccuracy!: number | null;

  @Field(() => Float, {
    nullable: true,
    description: "The median seconds of one training step. Null where too few steps ran.",
  })
  stepSeconds!: number | null;

  @Field(() => Float, {
    nullable: true,
    description:
      "The time of a training step's forward and backward pass as a multiple of vanilla BERT's, both timed in turns. Null if the training diverged, and where it was not measured.",
  })
  stepRatio!: number | null;

  @Field(() => GraphQLJSON, {
    deprecationReason: "Read the typed field times.",
    description:
      "The seconds spent, as an object: trainSeconds, fineTuneSeconds, scoreSeconds and overheadSeconds (queue and database).",
  })
  timings!: unknown;

  @Field(() => String, { description: "The engine that it ran on, such as tensorflow." })
  engine!: string;

  @Field(() => Int, {
    description: "The number of the attempt that succeeded: 1 if no worker was lost before.",
  })
  attempt!: number;

  @Field(() => String, {
    nullable: true,
    description: "The id of the worker that evaluated. Null if its row has been deleted.",
  })
  workerId!: string | null;

  @Field(() => Date, { description: "The time at which the result was stored." })
  createdAt!: Date;
}
