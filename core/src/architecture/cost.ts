import type { ModelSize } from "../modelSize.js";
import { liveInputs, liveNodes } from "./live.js";
import type { Architecture, AttentionGraph, Layer, Operation, Reference } from "./schema.js";
import { axesOf, graphShapes, shapeOfReference, type Shape } from "./shape.js";

/**
 * Counts the trained values of the masked-language model with this backbone. With V = vocabulary,
 * L = length, H = hidden, A = heads:
 *
 * | part | parameters |
 * |---|---|
 * | embeddings | token [V, H], position [L, H], LayerNorm gain and bias 2·H |
 * | attention layer | for each input used, weight [H, H] and bias [H]; output weight [H, H] and bias [H] |
 * | convolution layer | linear [H, 2·H] and bias [2·H]; kernel [A, kernelSize]; linear [H, H] and bias [H] |
 * | after either | LayerNorm 2·H; feed-forward [H, 4·H] + [4·H] and [4·H, H] + [H]; LayerNorm 2·H |
 * | masked-language-model head | dense [H, H] + [H], LayerNorm 2·H, decoder bias [V]; its weight is the token embedding |
 *
 * The architecture must be legal; nodes that do not reach the output are not counted.
 */
export function parameterCount(architecture: Architecture, size: ModelSize): number {
  const layers = architecture.layers.map((layer) => layerParameters(layer, size));
  return sharedParameters(size) + total(layers);
}

/** Counts the parameters outside the layers: embeddings and masked-language-model head. */
export function sharedParameters({ hidden, vocabulary, length }: ModelSize): number {
  const embeddings = (vocabulary + length) * hidden + layerNorm(hidden);
  const head = linear(hidden, hidden) + layerNorm(hidden) + vocabulary;
  return embeddings + head;
}

/** Counts the parameters of one layer with its LayerNorms and feed-forward block. */
export function layerParameters(layer: Layer, size: ModelSize): number {
  const { hidden } = size;
  const around = 2 * layerNorm(hidden) + linear(hidden, 4 * hidden) + linear(4 * hidden, hidden);
  return blockParameters(layer, size) + around;
}

/**
 * Counts the floating-point operations (FLOPs) of one forward pass over one sequence of
 * `size.length` tokens, with the masked-language-model head at every position. A multiply-add counts
 * 2, elementwise functions as `elementwise` says; embedding look-ups, transposes and the split into
 * heads count 0. The architecture must be legal.
 */
export function flops(architecture: Architecture, size: ModelSize): number {
  const layers = architecture.layers.map((layer) => layerFlops(layer, size));
  return sharedFlops(size) + total(layers);
}

/** Counts the FLOPs outside the layers: embeddings and masked-language-model head. */
export function sharedFlops({ hidden, vocabulary, length }: ModelSize): number {
  const tokens = length * hidden;
  const embeddings = tokens + elementwise.layerNorm * tokens;
  const head =
    linearFlops(length, hidden, hidden) +
    (elementwise.gelu + elementwise.layerNorm) * tokens +
    linearFlops(length, hidden, vocabulary);
  return embeddings + head;
}

/** Counts the FLOPs of one layer with its LayerNorms and feed-forward block. */
export function layerFlops(layer: Layer, size: ModelSize): number {
  const { hidden, length } = size;
  const tokens = length * hidden;
  const around =
    2 * (1 + elementwise.layerNorm) * tokens +
    linearFlops(length, hidden, 4 * hidden) +
    elementwise.gelu * 4 * tokens +
    linearFlops(length, 4 * hidden, hidden);
  return blockFlops(layer, size) + around;
}

/** FLOPs per element of each elementwise function; a convention. */
const elementwise = {
  neg: 1,
  scale: 1,
  add: 1,
  /** Maximum, difference, exponential, sum, quotient. */
  softmax: 5,
  /** min(x, 0) − log(1 + exp(−|x|)). */
  logsigmoid: 5,
  /** |x|, 1 +, quotient. */
  softsign: 3,
  /** Mean, difference, square, mean, quotient, gain, bias. */
  layerNorm: 7,
  gelu: 8,
  /** Sigmoid and product. */
  glu: 5,
} as const;

function blockParameters(layer: Layer, { hidden, heads }: ModelSize): number {
  if (layer.kind === "attention") {
    return (liveInputs(layer.graph).length + 1) * linear(hidden, hidden);
  }
  return linear(hidden, 2 * hidden) + heads * layer.kernelSize + linear(hidden, hidden);
}

function blockFlops(layer: Layer, size: ModelSize): number {
  const { hidden, heads, length, rawKernels } = size;
  if (layer.kind === "attention") {
    const maps = liveInputs(layer.graph).length + 1;
    return maps * linearFlops(length, hidden, hidden) + heads * graphFlops(layer.graph, size);
  }
  const tokens = length * hidden;
  return (
    linearFlops(length, hidden, 2 * hidden) +
    elementwise.glu * tokens +
    (rawKernels ? 0 : elementwise.softmax * heads * layer.kernelSize) +
    2 * layer.kernelSize * tokens +
    linearFlops(length, hidden, hidden)
  );
}

/** Counts the FLOPs of one head's graph. */
function graphFlops(graph: AttentionGraph, size: ModelSize): number {
  const shapes = graphShapes(graph);
  const live = liveNodes(graph);
  const dims = (reference: Reference) => dimensions(shapeOfReference(reference, shapes), size);
  return total(
    graph.nodes.map(({ op, args }, index) =>
      live[index] ? operationFlops(op, args.map(dims), dims(index)) : 0,
    ),
  );
}

interface Dimensions {
  rows: number;
  columns: number;
}

function operationFlops(
  operation: Operation,
  args: readonly Dimensions[],
  result: Dimensions,
): number {
  const [a, b] = args;
  const elements = result.rows * result.columns;
  const inner = a?.columns ?? 0;
  const argumentRows = (a?.rows ?? 0) + (b?.rows ?? 0);
  switch (operation) {
    case "transpose":
      return 0;
    case "matmul":
      return 2 * inner * elements;
    case "cosine":
      // Products of rows, squared lengths and their roots, one product and quotient for each pair.
      return 2 * inner * elements + argumentRows * (2 * inner + 1) + 2 * elements;
    case "euclidean":
      // |a|² + |b|² − 2 a·b, and its root, for each pair.
      return 2 * inner * elements + argumentRows * 2 * inner + 4 * elements;
    default:
      return elementwise[operation] * elements;
  }
}

function dimensions(shape: Shape | undefined, { hidden, heads, length }: ModelSize): Dimensions {
  const { rows, columns } = axesOf(shape ?? "n×d");
  const extent = { n: length, d: hidden / heads };
  return { rows: extent[rows], columns: extent[columns] };
}

function linear(from: number, to: number): number {
  return from * to + to;
}

function linearFlops(rows: number, from: number, to: number): number {
  return rows * (2 * from * to + to);
}

function layerNorm(hidden: number): number {
  return 2 * hidden;
}

function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
