import { Field, Float, Int, ObjectType, registerEnumType } from "type-graphql";
import { UsualLength } from "../http/cost.js";

export enum FactorKind {
  LAYER_KIND = "layer",
  KERNEL = "kernel",
  OPERATION = "operation",
}
registerEnumType(FactorKind, {
  name: "FactorKind",
  description: "A kind of choice that architectures differ in.",
  valuesConfig: {
    LAYER_KIND: { description: "The kind of a layer, attention or convolution." },
    KERNEL: { description: "The kernel size of a layer that is a convolution." },
    OPERATION: {
      description: "The number of nodes of all attention graphs that have an operation.",
    },
  },
});

@ObjectType({ description: "The scores of the candidates that have one value of a factor." })
export class FactorValue {
  @Field(() => String, {
    description: "The value: a layer's kind, a kernel size, or used for an operation.",
  })
  value!: string;

  @Field(() => Int, { description: "The number of candidates that have it." })
  count!: number;

  @Field(() => Float, { description: "The mean score of the candidates that have it, 0 to 100." })
  meanScore!: number;
}

@ObjectType({ description: "The importance of one choice for the scores of a run's candidates." })
export class Factor {
  @Field(() => FactorKind, { description: "The kind of the choice." })
  kind!: FactorKind;

  @Field(() => Int, {
    nullable: true,
    description: "The layer, from 0 at the input. Null for an operation.",
  })
  layer!: number | null;

  @Field(() => String, {
    nullable: true,
    description: "The operation, such as softmax. Null for a layer's choices.",
  })
  operation!: string | null;

  @Field(() => Float, {
    description:
      "The share of the variance of scores that the model explains less when this choice is permuted among candidates that it was not fitted to; about 0 without influence.",
  })
  importance!: number;

  @UsualLength(7)
  @Field(() => [FactorValue], { description: "Its values, the highest mean score first." })
  values!: FactorValue[];
}

@ObjectType({ description: "The importance of what candidates are made of for their scores." })
export class Importance {
  @Field(() => String, {
    description:
      "The name of the method: permutation importance of a linear model with a ridge penalty, in a fivefold cross-validation seeded by the run's seed.",
  })
  method!: string;

  @Field(() => Int, { description: "The number of candidates that it was computed from." })
  candidates!: number;

  @Field(() => Float, {
    description:
      "The share of the variance of scores that the linear model explains of candidates that it was not fitted to, at most 1. Near 0 or below, the importances mean nothing.",
  })
  explained!: number;

  @UsualLength(20)
  @Field(() => [Factor], { description: "The choices, the most important first." })
  factors!: Factor[];
}
