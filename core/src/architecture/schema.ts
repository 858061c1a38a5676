import { z } from "zod";

/** The primitive operations with one argument (docs/paper.md §1). */
export const unaryOperations = [
  "neg",
  "transpose",
  "scale",
  "softmax",
  "logsigmoid",
  "softsign",
] as const;
/** The primitive operations with two arguments (docs/paper.md §1). */
export const binaryOperations = ["add", "matmul", "cosine", "euclidean"] as const;
/** The primitive operations of the attention graph (docs/paper.md §1). */
export const operations = [...unaryOperations, ...binaryOperations] as const;

/**
 * The inputs of a graph: four linear maps of the layer's input, each [n, d_h] per head
 * (docs/paper.md §1).
 */
export const graphInputs = ["Q", "K", "V", "P"] as const;

/** The kernel sizes of the convolution block (docs/paper.md §2). */
export const kernelSizes = [3, 5, 7, 9, 15, 31, 65] as const;

/** The most nodes that a graph may have. */
export const maxGraphNodes = 24;
/** The most layers that a backbone may have. */
export const maxLayers = 48;

const inputSchema = z.enum(graphInputs);

/** A reference to a value: an input by its name, or an earlier node by its number, from 0. */
export const referenceSchema = z.union([inputSchema, z.int().min(0).lt(maxGraphNodes)], {
  error: "expected Q, K, V, P or the number of an earlier node",
});

/** A node of a graph: an operation and the values of its arguments. */
export const nodeSchema = z.strictObject({
  op: z.enum(operations),
  args: z.array(referenceSchema).min(1).max(2),
});

/** The form of an attention graph, a DAG whose nodes come after their arguments. */
export const graphSchema = z.strictObject({
  inputs: z.array(inputSchema).min(1).max(4),
  nodes: z.array(nodeSchema).max(maxGraphNodes),
  output: referenceSchema,
});

/** The form of a layer with an attention graph. */
export const attentionLayerSchema = z.strictObject({
  kind: z.literal("attention"),
  graph: graphSchema,
});

/** The form of a layer with a convolution block. */
export const convolutionLayerSchema = z.strictObject({
  kind: z.literal("conv"),
  kernelSize: z.literal([...kernelSizes]),
});

/** The form of a layer of either kind. */
export const layerSchema = z.discriminatedUnion("kind", [
  attentionLayerSchema,
  convolutionLayerSchema,
]);

/**
 * The JSON form of a backbone. The schema checks the form only; `checkArchitecture` also checks
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
