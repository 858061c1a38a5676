import type { Stability as StoredStability } from "@opnas/prisma";
import {
  ArgsType,
  Field,
  Float,
  ID,
  InputType,
  Int,
  ObjectType,
  registerEnumType,
} from "type-graphql";
import { Node } from "../node/types.js";
import { connectionOf } from "../pagination/connection.js";
import { OrderDirection, PageArguments } from "../pagination/types.js";

export const Stability = {
  STABLE: "STABLE",
  NO_LEARNING: "NO_LEARNING",
  DIVERGED: "DIVERGED",
} as const satisfies { [Name in StoredStability]: Name };
export type Stability = StoredStability;
registerEnumType(Stability, {
  name: "Stability",
  description: "The course of a candidate's training.",
  valuesConfig: {
    STABLE: { description: "The loss stayed finite and the model learned." },
    NO_LEARNING: {
      description:
        "Held-out words are predicted hardly better than by their frequency. The score counts all the same.",
    },
    DIVERGED: { description: "A loss or a gradient was not finite. The score is 0." },
  },
});

/** The kinds of layers; the values are those of core's JSON form. */
export enum LayerKind {
  ATTENTION = "attention",
  CONVOLUTION = "conv",
}
registerEnumType(LayerKind, {
  name: "LayerKind",
  description: "The kind of a layer of a backbone.",
  valuesConfig: {
    ATTENTION: { description: "Attention, whose head is a searched graph of operations." },
    CONVOLUTION: { description: "A light convolution, whose kernel size is searched." },
  },
});

/** The operations of attention graphs; the values are those of core's JSON form. */
export enum PrimitiveOperation {
  NEG = "neg",
  TRANSPOSE = "transpose",
  SCALE = "scale",
  SOFTMAX = "softmax",
  LOGSIGMOID = "logsigmoid",
  SOFTSIGN = "softsign",
  ADD = "add",
  MATMUL = "matmul",
  COSINE = "cosine",
  EUCLIDEAN = "euclidean",
}
registerEnumType(PrimitiveOperation, {
  name: "PrimitiveOperation",
  description: "An operation that attention graphs are made of.",
  valuesConfig: {
    NEG: { description: "The negative of a matrix." },
    TRANSPOSE: { description: "The transpose of a matrix." },
    SCALE: { description: "A matrix divided by the square root of its head's width." },
    SOFTMAX: { description: "The softmax of each row." },
    LOGSIGMOID: { description: "The logarithm of the logistic function of each value." },
    SOFTSIGN: { description: "The value x / (1 + |x|) of each value x." },
    ADD: { description: "The sum of two matrices." },
    MATMUL: { description: "The product of two matrices." },
    COSINE: { description: "The cosine similarities between the rows of two matrices." },
    EUCLIDEAN: { description: "The Euclidean distances between the rows of two matrices." },
  },
});

export enum ArchitectureOrderField {
  SCORE = "SCORE",
  PARAMS = "PARAMS",
  FLOPS = "FLOPS",
  STEP_TIME = "STEP_TIME",
  CREATED_AT = "CREATED_AT",
}
registerEnumType(ArchitectureOrderField, {
  name: "ArchitectureOrderField",
  description: "A value that architectures are sorted by.",
  valuesConfig: {
    SCORE: { description: "The mean score of the proxy tasks, 0 to 100." },
    PARAMS: { description: "The number of parameters." },
    FLOPS: { description: "The floating-point operations of one sequence of full length." },
    STEP_TIME: {
      description:
        "The time of a training step as a multiple of vanilla BERT's (Architecture.stepRatio); those without come last.",
    },
    CREATED_AT: { description: "The time at which the architecture was proposed." },
  },
});

@InputType({ description: "The order of a list of architectures. In a tie the older comes first." })
export class ArchitectureOrder {
  @Field(() => ArchitectureOrderField, { description: "The value to sort by." })
  field!: ArchitectureOrderField;

  @Field(() => OrderDirection, { description: "The direction to sort in." })
  direction!: OrderDirection;
}

@ArgsType()
export class ArchitecturePageArguments extends PageArguments {
  @Field(() => ArchitectureOrder, {
    nullable: true,
    description: "The order of the list; by default the best score comes first.",
  })
  orderBy?: ArchitectureOrder | null;
}

@ObjectType({
  description: "A backbone of a run: a candidate of its search, or a reference.",
  implements: Node,
})
export class Architecture {
  @Field(() => ID, { description: "The architecture's identifier, a UUID." })
  id!: string;

  @Field(() => String, {
    description:
      "A hash of the architecture's canonical form: equal for architectures that compute the same.",
  })
  key!: string;

  @Field(() => String, {
    description:
      "A short name made from the key, such as quiet-heron-3f2a; a reference has its own.",
  })
  name!: string;

  @Field(() => Float, { description: "The number of parameters at the run's model size." })
  params!: number;

  @Field(() => Float, {
    description: "The floating-point operations of one sequence of full length.",
  })
  flops!: number;

  @Field(() => Float, {
    nullable: true,
    description: "The mean score of the proxy tasks, 0 to 100. Null until it is evaluated.",
  })
  score!: number | null;

  @Field(() => Stability, {
    nullable: true,
    description: "The course of its training. Null until it is evaluated.",
  })
  stability!: Stability | null;

  @Field(() => Float, {
    nullable: true,
    description:
      "The median seconds of one training step where it was evaluated; it depends on the machine, on what else that did, and on the settings, so that stepRatio is what compares. Null until it is evaluated, and where too few steps ran.",
  })
  stepSeconds!: number | null;

  @Field(() => Float, {
    nullable: true,
    description:
      "The time of a training step's forward and backward pass as a multiple of that of vanilla BERT of the same size and depth, both timed in turns where it was evaluated: below 1 it is faster. Null until it is evaluated, if it diverged, and where it was evaluated before this was measured.",
  })
  stepRatio!: number | null;

  @Field(() => String, {
    nullable: true,
    description:
      "The published backbone that this is, evaluated beside the candidates as a reference: bert, autobert-zero, autobert-zero-attention or autobert-zero-convolution; or imported- and its key, for one that importArchitecture added. Null for candidates.",
  })
  reference!: string | null;

  @Field(() => String, {
    nullable: true,
    description: "The changes that made it from its parent, in words. Null without a parent.",
  })
  mutation!: string | null;

  @Field(() => Int, {
    description: "Its number among the candidates of its generation, from 0.",
  })
  indexInGeneration!: number;

  @Field(() => Date, { description: "The time at which it was proposed." })
  createdAt!: Date;

  @Field(() => [String], { description: "The tags that people gave it, in alphabetical order." })
  tags!: string[];

  @Field(() => String, {
    nullable: true,
    description: "The note of people about it. Null without one.",
  })
  note!: string | null;
}

export const ArchitectureConnection = connectionOf(Architecture, (loaders) => loaders.architecture);

@ObjectType({ description: "An architecture in the line of ancestors of another." })
export class LineageStep {
  @Field(() => Architecture, { description: "The architecture of this step." })
  architecture!: Architecture;

  @Field(() => String, {
    nullable: true,
    description: "The changes that made it from the step before. Null for the first.",
  })
  mutation!: string | null;
}
