/**
 * The tiny space of the record of truth: every backbone of two layers, each a convolution of any of
 * the paper's kernel sizes or one of 18 attention graphs `activation(similarity(Q, K)) · value`. Small
 * enough that all 625 backbones can be trained, wide enough that kinds, kernels and operations matter.
 */
import { kernelSizes } from "@opnas/core";

/** What its backbones are trained with, beside the preset. */
export const tinySpaceSettings = {
  size: { layers: 2, hidden: 32, heads: 2, vocabulary: 1024, length: 32 },
  superNet: { batch: 8, learningRate: 4e-3 },
  fineTune: { steps: 60 },
  evaluationExamples: 300,
};

export const similarities = ["matmul", "cosine", "euclidean"];
export const activations = ["softmax", "logsigmoid", "softsign"];
/** V itself, or in its place Q + K as in the paper's second layer. */
export const values = ["V", "add"];

/** An attention layer of the space; `matmul` stands for Q · Kᵀ / √d. */
export function attention(similarity, activation, value) {
  const inputs = value === "V" ? ["Q", "K", "V"] : ["Q", "K"];
  const nodes = [];
  const put = (op, ...args) => nodes.push({ op, args }) - 1;
  const weights =
    similarity === "matmul"
      ? put("scale", put("matmul", "Q", put("transpose", "K")))
      : put(similarity, "Q", "K");
  const activated = put(activation, weights);
  const output = put("matmul", activated, value === "V" ? "V" : put("add", "Q", "K"));
  return { kind: "attention", graph: { inputs, nodes, output } };
}

export function convolution(kernelSize) {
  return { kind: "conv", kernelSize };
}

/** All backbones of the space at a depth. */
export function everyBackbone(layers) {
  const choices = [
    ...kernelSizes.map(convolution),
    ...similarities.flatMap((similarity) =>
      activations.flatMap((activation) =>
        values.map((value) => attention(similarity, activation, value)),
      ),
    ),
  ];
  const stacks = Array.from({ length: layers }).reduce(
    (shorter) => shorter.flatMap((stack) => choices.map((layer) => [...stack, layer])),
    [[]],
  );
  return stacks.map((layers) => ({ version: 1, layers }));
}

/**
 * The tiny space behind core's `SearchSpace`: what a strategy needs in order to search it. Written as
 * an example, too: another space is searched by the same strategies through the same six members.
 *
 * A feature is what an attention layer holds in one of its three places (0 similarity, 1 activation,
 * 2 value; all layers counted together, as in the paper) or a convolution's kernel size at its layer.
 *
 * @param layerKind chance, for each layer of a child, that it changes kind
 */
export function tinySpace(layers, { layerKind }) {
  const all = everyBackbone(layers);
  const key = ({ layers }) => layers.map(nameOf).join(" | ");
  return {
    operations: { operation: places.flat(), kernel: kernelSizes.map(String) },
    key,
    sample: (random) => random.pick(all),
    features: ({ layers }) =>
      layers.flatMap((layer, index) =>
        layer.kind === "conv"
          ? [{ kind: "kernel", position: index, operation: String(layer.kernelSize) }]
          : operationsOf(layer).map((operation, position) => {
              return { kind: "operation", position, operation };
            }),
      ),
    mutate: (parent, choose, random) => {
      const child = { version: 1, layers: [...parent.layers] };
      for (const [index, layer] of child.layers.entries()) {
        if (random.next() >= layerKind) continue;
        const isConvolution = layer.kind === "conv";
        child.layers[index] = isConvolution ? sampleAttention(random) : sampleConvolution(random);
      }
      do {
        const index = random.int(layers);
        child.layers[index] = changed(child.layers[index], index, choose, random);
      } while (key(child) === key(parent));
      return { architecture: child, description: key(child) };
    },
  };
}

const places = [similarities, activations, values];

const sampleConvolution = (random) => convolution(random.pick(kernelSizes));
const sampleAttention = (random) => attention(...places.map((options) => random.pick(options)));

/** What an attention layer holds in each of its places. */
function operationsOf({ graph: { nodes } }) {
  const operations = nodes.map(({ op }) => op);
  const within = (options, fallback) => options.find((op) => operations.includes(op)) ?? fallback;
  const similarity = within(["cosine", "euclidean"], "matmul");
  return [similarity, within(activations), within(["add"], "V")];
}

const nameOf = (layer) =>
  layer.kind === "conv" ? `conv ${layer.kernelSize}` : operationsOf(layer).join(" ");

/** The layer with another kernel size, or with another operation in one place. */
function changed(layer, index, choose, random) {
  const others = (options, present) => options.filter((option) => option !== present);
  if (layer.kind === "conv") {
    const sizes = others(kernelSizes, layer.kernelSize).map(String);
    return convolution(Number(choose({ kind: "kernel", position: index }, sizes, random)));
  }
  const operations = operationsOf(layer);
  const position = random.int(places.length);
  const options = others(places[position], operations[position]);
  const chosen = choose({ kind: "operation", position }, options, random);
  return attention(...operations.with(position, chosen));
}
