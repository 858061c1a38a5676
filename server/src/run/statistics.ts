import { Field, Float, Int, ObjectType } from "type-graphql";
import { UsualLength } from "../http/cost.js";

@ObjectType({
  description:
    "The statistics of one operation or kernel size in one position, which the strategy OPNAS samples by.",
})
export class OperationPriority {
  @Field(() => Int, {
    description: "The number of the generation that was sampled with these statistics.",
  })
  generation!: number;

  @Field(() => String, {
    description: "The kind of choice: operation (in attention) or kernel (in convolution).",
  })
  kind!: string;

  @Field(() => Int, {
    description:
      "The position of the choice, from 0: along the graph's path for operations, the layer for kernels.",
  })
  position!: number;

  @Field(() => String, { description: "The operation's name, or the kernel size." })
  operation!: string;

  @Field(() => Int, {
    description: "The number of evaluated candidates that have it in this position.",
  })
  count!: number;

  @Field(() => Float, { description: "The mean score of these candidates." })
  meanScore!: number;

  @Field(() => Float, {
    description: "The upper confidence bound: the mean score and a bonus for exploration.",
  })
  ucb!: number;

  @Field(() => Float, {
    description: "The probability with which the generation sampled it, 0 to 1.",
  })
  probability!: number;
}

@ObjectType({ description: "The number of candidates with one kernel size in a layer." })
export class KernelCount {
  @Field(() => Int, { description: "The width of the kernel in tokens." })
  kernelSize!: number;

  @Field(() => Int, { description: "The number of candidates with this kernel in the layer." })
  count!: number;
}

@ObjectType({ description: "The choices of the best candidates of a run in one layer." })
export class LayerChoices {
  @Field(() => Int, { description: "The layer's number, from 0." })
  layer!: number;

  @Field(() => Int, { description: "The number of candidates with attention in the layer." })
  attention!: number;

  @UsualLength(8)
  @Field(() => [KernelCount], {
    description: "The count of every kernel size, the smallest first.",
  })
  kernels!: KernelCount[];
}
