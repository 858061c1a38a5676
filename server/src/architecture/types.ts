import type { Stability as StoredStability } from "@opnas/prisma";
import { GraphQLJSON } from "graphql-scalars";
import { Field, Float, ID, InputType, Int, ObjectType, registerEnumType } from "type-graphql";
import { OrderDirection, PageInfo } from "../pagination/types.js";

export const Stability = {
  STABLE: "STABLE",
  NO_LEARNING: "NO_LEARNING",
  DIVERGED: "DIVERGED",
} as const satisfies { [Name in StoredStability]: Name };
export type Stability = StoredStability;
registerEnumType(Stability, { name: "Stability" });

/** Values as core's JSON form has them. */
export enum LayerKind {
  ATTENTION = "attention",
  CONVOLUTION = "conv",
}
registerEnumType(LayerKind, { name: "LayerKind" });

export enum ArchitectureOrderField {
  SCORE = "SCORE",
  PARAMS = "PARAMS",
  FLOPS = "FLOPS",
  STEP_TIME = "STEP_TIME",
  CREATED_AT = "CREATED_AT",
}
registerEnumType(ArchitectureOrderField, { name: "ArchitectureOrderField" });

@InputType()
export class ArchitectureOrder {
  @Field(() => ArchitectureOrderField)
  field!: ArchitectureOrderField;

  @Field(() => OrderDirection)
  direction!: OrderDirection;
}

@ObjectType({ description: "One backbone of one run." })
export class Architecture {
  @Field(() => ID)
  id!: string;

  @Field(() => String, { description: "The same for architectures that compute the same." })
  key!: string;

  @Field(() => String)
  name!: string;

  @Field(() => GraphQLJSON, { description: "The backbone in its JSON form." })
  json!: unknown;

  @Field(() => Float)
  params!: number;

  @Field(() => Float, { description: "Of one sequence of full length." })
  flops!: number;

  @Field(() => Float, { nullable: true, description: "0–100; null until evaluated." })
  score!: number | null;

  @Field(() => Stability, { nullable: true })
  stability!: Stability | null;

  @Field(() => Float, {
    nullable: true,
    description:
      "Median seconds of one training step where it was evaluated: depends on machine and settings. Null until evaluated, and where too few steps ran.",
  })
  stepSeconds!: number | null;

  @Field(() => String, {
    nullable: true,
    description:
      "Which published backbone this is, evaluated beside the candidates as a reference: bert, autobert-zero, autobert-zero-attention or autobert-zero-convolution. Null for candidates.",
  })
  reference!: string | null;

  @Field(() => String, { nullable: true, description: "What made it of its parent." })
  mutation!: string | null;

  @Field(() => Int)
  indexInGeneration!: number;

  @Field(() => Date)
  createdAt!: Date;
}

@ObjectType({ description: "id: an input's name (Q K V P) or n0, n1, … kind: input | op." })
export class GraphNode {
  @Field(() => ID)
  id!: string;

  @Field(() => String)
  kind!: string;

  @Field(() => String)
  op!: string;

  @Field(() => String)
  label!: string;

  @Field(() => String, { description: "E.g. n×d: n tokens, d the width of a head." })
  shape!: string;
}

@ObjectType()
export class GraphEdge {
  @Field(() => ID)
  id!: string;

  @Field(() => ID)
  source!: string;

  @Field(() => ID)
  target!: string;

  @Field(() => Int, { description: "0 or 1: which argument of the target." })
  argument!: number;
}

@ObjectType()
export class AttentionGraph {
  @Field(() => [String])
  inputs!: string[];

  @Field(() => [GraphNode])
  nodes!: GraphNode[];

  @Field(() => [GraphEdge])
  edges!: GraphEdge[];

  @Field(() => ID)
  output!: string;
}

@ObjectType({
  description:
    "formula: LaTeX. graph: null for a convolution layer, kernelSize: null for an attention layer.",
})
export class Layer {
  @Field(() => Int)
  index!: number;

  @Field(() => LayerKind)
  kind!: LayerKind;

  @Field(() => String)
  formula!: string;

  @Field(() => Int, { nullable: true })
  kernelSize!: number | null;

  @Field(() => AttentionGraph, { nullable: true })
  graph!: AttentionGraph | null;
}

@ObjectType()
export class LineageStep {
  @Field(() => Architecture)
  architecture!: Architecture;

  @Field(() => String, { nullable: true, description: "What made it; null for the first." })
  mutation!: string | null;
}

@ObjectType({
  description:
    "score: 0–100 in the task's metric; majority and ngram: the baselines on the same test set.",
})
export class TaskScore {
  @Field(() => String)
  task!: string;

  @Field(() => String)
  title!: string;

  @Field(() => String)
  kind!: string;

  @Field(() => String)
  metric!: string;

  @Field(() => Float)
  score!: number;

  @Field(() => Float)
  majority!: number;

  @Field(() => Float)
  ngram!: number;
}

@ObjectType()
export class Evaluation {
  @Field(() => ID)
  id!: string;

  @Field(() => Float)
  score!: number;

  @Field(() => Stability)
  stability!: Stability;

  @Field(() => Float, { nullable: true, description: "Masked-LM loss on held-out text, in nats." })
  heldOutLoss!: number | null;

  @Field(() => Float, { nullable: true, description: "Of masked words on held-out text, 0–1." })
  heldOutAccuracy!: number | null;

  @Field(() => Float, {
    nullable: true,
    description: "Median seconds of one training step; null where too few ran.",
  })
  stepSeconds!: number | null;

  @Field(() => GraphQLJSON, { description: "Seconds, by what they were spent on." })
  timings!: unknown;

  @Field(() => String)
  engine!: string;

  @Field(() => Int)
  attempt!: number;

  @Field(() => String, { nullable: true })
  workerId!: string | null;

  @Field(() => Date)
  createdAt!: Date;
}

@ObjectType()
export class ArchitectureEdge {
  @Field(() => String)
  cursor!: string;
}

@ObjectType()
export class ArchitectureConnection {
  @Field(() => [ArchitectureEdge])
  edges!: ArchitectureEdge[];

  @Field(() => PageInfo)
  pageInfo!: PageInfo;
}
