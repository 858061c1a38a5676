import { z } from "zod";

/** Primitive operations of the attention graph (paper §1). */
export const unaryOperations = [
  "neg",
  "transpose",
  "scale",
  "softmax",
  "logsigmoid",
  "softsign",
] as const;
export const binaryOperations = ["add", "matmul", "cosine", "euclidean"] as const;
export const operations = [...unaryOperations, ...binaryOperations] as const;

/** Inputs of a graph: four linear maps of the layer's input, each [n, d_h] per head. */
export const graphInputs = ["Q", "K", "V", "P"] as const;

/** Kernel sizes of the convolution block (paper §2). */
export const kernelSizes = [3, 5, 7, 9, 15, 31, 65] as const;

/** Longest graph that is accepted, in nodes. */
export const maxGraphNodes = 24;
export const maxLayers = 48;

const inputSchema = z.enum(graphInputs);

/** What a node or the output refers to: an input by name, or an earlier node by its place. */
export const referenceSchema = z.union([inputSchema, z.int().min(0).lt(maxGraphNodes)], {
  error: "expected Q, K, V, P or the number of an earlier node",
});

export const nodeSchema = z.strictObject({
  op: z.enum(operations),
  args: z.array(referenceSchema).min(1).max(2),
});

export const graphSchema = z.strictObject({
  inputs: z.array(inputSchema).min(1).max(4),
  nodes: z.array(nodeSchema).max(maxGraphNodes),
  output: referenceSchema,
});

export const attentionLayerSchema = z.strictObject({
  kind: z.literal("attention"),
  graph: graphSchema,
});

export const convolutionLayerSchema = z.strictObject({
  kind: z.literal("conv"),
  kernelSize: z.literal([...kernelSizes]),
});

export const layerSchema = z.discriminatedUnion("kind", [
  attentionLayerSchema,
  convolutionLayerSchema,
]);

/**
 * A backbone in its one JSON form. This checks the form only; `checkArchitecture` also checks
 * that every reference points backwards, that arities fit and that shapes agree.
 */
export const architectureSchema = z.strictObject({
  version: z.literal(1),
  layers: z.array(layerSchema).min(1).max(maxLayers),
});

export type UnaryOperation = (typeof unaryOperations)[number];
export type BinaryOperation = (typeof binaryOperations)[number];
export type Operation = (typeof operations)[number];
export type GraphInput = (typeof graphInputs)[number];
export type KernelSize = (typeof kernelSizes)[number];
export type Reference = z.infer<typeof referenceSchema>;
export type GraphNode = z.infer<typeof nodeSchema>;
export type AttentionGraph = z.infer<typeof graphSchema>;
export type AttentionLayer = z.infer<typeof attentionLayerSchema>;
export type ConvolutionLayer = z.infer<typeof convolutionLayerSchema>;
export type Layer = z.infer<typeof layerSchema>;
export type Architecture = z.infer<typeof architectureSchema>;
