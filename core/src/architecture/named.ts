import { OpnasError } from "../errors.js";
import {
  maxLayers,
  type Architecture,
  type AttentionGraph,
  type AttentionLayer,
  type ConvolutionLayer,
  type KernelSize,
} from "./schema.js";

/** The attention layer of BERT: softmax(Q Kᵀ / √d) V. */
export const bertLayer: AttentionLayer = attention({
  inputs: ["Q", "K", "V"],
  nodes: [
    { op: "transpose", args: ["K"] },
    { op: "matmul", args: ["Q", 0] },
    { op: "scale", args: [1] },
    { op: "softmax", args: [2] },
    { op: "matmul", args: [3, "V"] },
  ],
  output: 4,
});

/** Vanilla BERT-base: twelve layers of scaled dot-product attention. */
export const bertBase: Architecture = {
  version: 1,
  layers: Array.from({ length: 12 }, () => bertLayer),
};

/** Layer 2: softmax(Q (−logsig(−K))ᵀ / √d) (Q + K). */
const layer2 = attention({
  inputs: ["Q", "K"],
  nodes: [
    { op: "neg", args: ["K"] },
    { op: "logsigmoid", args: [0] },
    { op: "neg", args: [1] },
    { op: "transpose", args: [2] },
    { op: "matmul", args: ["Q", 3] },
    { op: "scale", args: [4] },
    { op: "softmax", args: [5] },
    { op: "add", args: ["Q", "K"] },
    { op: "matmul", args: [6, 7] },
  ],
  output: 8,
});

/** Layer 4: softmax(Q (−logsig(Z))ᵀ / √d) Q with Z = logsig(Q) + (Q + K). */
const layer4 = attention({
  inputs: ["Q", "K"],
  nodes: [
    { op: "logsigmoid", args: ["Q"] },
    { op: "add", args: ["Q", "K"] },
    { op: "add", args: [0, 1] },
    { op: "logsigmoid", args: [2] },
    { op: "neg", args: [3] },
    { op: "transpose", args: [4] },
    { op: "matmul", args: ["Q", 5] },
    { op: "scale", args: [6] },
    { op: "softmax", args: [7] },
    { op: "matmul", args: [8, "Q"] },
  ],
  output: 9,
});

/** Layers 6 and 8: softmax(Q (−logsig(K))ᵀ / √d) Q. */
const layer6 = attention({
  inputs: ["Q", "K"],
  nodes: [
    { op: "logsigmoid", args: ["K"] },
    { op: "neg", args: [0] },
    { op: "transpose", args: [1] },
    { op: "matmul", args: ["Q", 2] },
    { op: "scale", args: [3] },
    { op: "softmax", args: [4] },
    { op: "matmul", args: [5, "Q"] },
  ],
  output: 6,
});

/** Layer 10: softmax(Q (K/√d + (softsign(softsign(K)/√d) + V))ᵀ / √d) V. */
const layer10 = attention({
  inputs: ["Q", "K", "V"],
  nodes: [
    { op: "scale", args: ["K"] },
    { op: "softsign", args: ["K"] },
    { op: "scale", args: [1] },
    { op: "softsign", args: [2] },
    { op: "add", args: [3, "V"] },
    { op: "add", args: [0, 4] },
    { op: "transpose", args: [5] },
    { op: "matmul", args: ["Q", 6] },
    { op: "scale", args: [7] },
    { op: "softmax", args: [8] },
    { op: "matmul", args: [9, "V"] },
  ],
  output: 10,
});

/** Layer 12: softmax(Q (K/√d + V)ᵀ / √d) V. */
const layer12 = attention({
  inputs: ["Q", "K", "V"],
  nodes: [
    { op: "scale", args: ["K"] },
    { op: "add", args: [0, "V"] },
    { op: "transpose", args: [1] },
    { op: "matmul", args: ["Q", 2] },
    { op: "scale", args: [3] },
    { op: "softmax", args: [4] },
    { op: "matmul", args: [5, "V"] },
  ],
  output: 6,
});

/** AutoBERT-Zero-base, the backbone that the paper found (docs/paper.md §7). */
export const autobertZeroBase: Architecture = {
  version: 1,
  layers: [
    convolution(65),
    layer2,
    convolution(9),
    layer4,
    convolution(3),
    layer6,
    convolution(7),
    layer6,
    convolution(7),
    layer10,
    convolution(3),
    layer12,
  ],
};

/** Published backbones by their names. */
export const namedBackbones = {
  "bert-base": bertBase,
  "autobert-zero-base": autobertZeroBase,
} as const satisfies Record<string, Architecture>;

/**
 * Cuts or stretches a pattern of layers to a depth. A shallower backbone has its first layers,
 * which keeps the alternation of kinds. A deeper one repeats each layer as evenly as possible, in
 * order (L12 to L24: each twice).
 *
 * @param depth number of layers, 1 to `maxLayers`
 * @throws OpnasError BAD_INPUT if the depth is out of range
 */
export function withDepth(pattern: Architecture, depth: number): Architecture {
  if (!Number.isInteger(depth) || depth < 1 || depth > maxLayers) {
    throw new OpnasError("BAD_INPUT", `A backbone has 1 to ${maxLayers} layers, not ${depth}.`);
  }
  const { layers } = pattern;
  if (depth <= layers.length) return { version: 1, layers: layers.slice(0, depth) };
  const places = Array.from({ length: depth }, (_, place) =>
    Math.floor((place * layers.length) / depth),
  );
  return { version: 1, layers: places.flatMap((place) => layers.slice(place, place + 1)) };
}

function attention(graph: AttentionGraph): AttentionLayer {
  return { kind: "attention", graph };
}

function convolution(kernelSize: KernelSize): ConvolutionLayer {
  return { kind: "conv", kernelSize };
}
