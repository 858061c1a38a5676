import { Field, ID, Int, ObjectType } from "type-graphql";
import { LayerKind } from "./types.js";
import { UsualLength } from "../http/cost.js";

@ObjectType({ description: "A node of an attention graph: an input or an operation." })
export class GraphNode {
  @Field(() => ID, { description: "An input's name (Q, K, V or P), or n0, n1, … for operations." })
  id!: string;

  @Field(() => String, { description: "The kind of the node: input or op." })
  kind!: string;

  @Field(() => String, { description: "The operation's name, such as softmax, or the input's." })
  op!: string;

  @Field(() => String, { description: "A short text to draw in the node, such as x/√d." })
  label!: string;

  @Field(() => String, {
    description: "The shape of the node's value, such as n×d: n tokens, d the width of a head.",
  })
  shape!: string;
}

@ObjectType({
  description: "An edge of an attention graph: the value of one node read by another.",
})
export class GraphEdge {
  @Field(() => ID, { description: "The edge's identifier within its graph." })
  id!: string;

  @Field(() => ID, { description: "The id of the node whose value is read." })
  source!: string;

  @Field(() => ID, { description: "The id of the node that reads it." })
  target!: string;

  @Field(() => Int, { description: "The number of the target's argument, 0 or 1." })
  argument!: number;
}

@ObjectType({ description: "The computation of one attention head, as a directed acyclic graph." })
export class AttentionGraph {
  @Field(() => [String], { description: "The inputs that the graph uses, of Q, K, V and P." })
  inputs!: string[];

  @UsualLength(8)
  @Field(() => [GraphNode], { description: "The inputs and operations of the graph." })
  nodes!: GraphNode[];

  @UsualLength(12)
  @Field(() => [GraphEdge], { description: "The values that nodes read from one another." })
  edges!: GraphEdge[];

  @Field(() => ID, { description: "The id of the node whose value is the head's output." })
  output!: string;
}

@ObjectType({ description: "A layer of a backbone." })
export class Layer {
  @Field(() => Int, { description: "The layer's number from the input on, from 0." })
  index!: number;

  @Field(() => LayerKind, { description: "The kind of the layer." })
  kind!: LayerKind;

  @Field(() => String, { description: "The layer's formula in LaTeX." })
  formula!: string;

  @Field(() => Int, {
    nullable: true,
    description: "The width of a convolution's kernel in tokens. Null for an attention layer.",
  })
  kernelSize!: number | null;

  @Field(() => AttentionGraph, {
    nullable: true,
    description: "The graph of an attention layer's heads. Null for a convolution layer.",
  })
  graph!: AttentionGraph | null;
}
