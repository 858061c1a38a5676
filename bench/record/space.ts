/**
 * The tiny space of the record of truth: every backbone of two layers, each a convolution of any of
 * the paper's kernel sizes or one of 18 attention graphs `activation(similarity(Q, K)) · value`. Small
 * enough that all 625 backbones can be trained, wide enough that kinds, kernels and operations matter.
 */
import {
  kernelSizes,
  kindChangeProbability,
  operations,
  type Architecture,
  type AttentionLayer,
  type Chooser,
  type ConvolutionLayer,
  type Feature,
  type GraphInput,
  type GraphNode,
  type KernelSize,
  type Layer,
  type Random,
  type Reference,
  type SearchSettings,
  type SearchSpace,
} from "@opnas/core";
import { item } from "../common/items.ts";

/** The changes to a preset that its backbones are trained with. */
export const tinySpaceSettings = {
  size: { layers: 2, hidden: 32, heads: 2, vocabulary: 1024, length: 32 },
  superNet: { batch: 8, learningRate: 4e-3 },
  fineTune: { steps: 60 },
  evaluationExamples: 300,
};

const similarities = ["matmul", "cosine", "euclidean"];
const activations = ["softmax", "logsigmoid", "softsign"];
/** V itself, or in its place Q + K as in the paper's second layer. */
const values = ["V", "add"];
const places = [similarities, activations, values];
/** The operations of an attention graph in each of its three places. */
export const recordedSlots: readonly (readonly string[])[] = places;

/**
 * Returns an attention layer of the space.
 * @param names what it holds in each place; `matmul` stands for Q · Kᵀ / √d
 */
function attention(names: readonly string[]): AttentionLayer {
  const [similarity, activation, value] = [item(names, 0), item(names, 1), item(names, 2)];
  const inputs: GraphInput[] = value === "V" ? ["Q", "K", "V"] : ["Q", "K"];
  const nodes: GraphNode[] = [];
  const put = (name: string, ...args: Reference[]) => {
    const op = item(
      operations.filter((each) => each === name),
      0,
    );
    return nodes.push({ op, args }) - 1;
  };
  const weights =
    similarity === "matmul"
      ? put("scale", put("matmul", "Q", put("transpose", "K")))
      : put(similarity, "Q", "K");
  const activated = put(activation, weights);
  const output = put("matmul", activated, value === "V" ? "V" : put("add", "Q", "K"));
  return { kind: "attention", graph: { inputs, nodes, output } };
}

function convolution(kernelSize: KernelSize): ConvolutionLayer {
  return { kind: "conv", kernelSize };
}

/** Returns all backbones of the space at a depth. */
export function everyBackbone(layers: number): Architecture[] {
  const choices: Layer[] = [
    ...kernelSizes.map(convolution),
    ...similarities.flatMap((similarity) =>
      activations.flatMap((activation) =>
        values.map((value) => attention([similarity, activation, value])),
      ),
    ),
  ];
  const stacks = Array.from({ length: layers }).reduce<Layer[][]>(
    (shorter) => shorter.flatMap((stack) => choices.map((layer) => [...stack, layer])),
    [[]],
  );
  return stacks.map((stack) => ({ version: 1, layers: stack }));
}

/**
 * Returns the tiny space behind core's `SearchSpace`: everything that a strategy needs in order to
 * search it. It is an example, too: another space is searched by the same strategies through the same
 * six members.
 *
 * A feature is what an attention layer holds in one of its three places (0 similarity, 1 activation,
 * 2 value; all layers counted together, as in the paper) or a convolution's kernel size at its layer.
 *
 * @param mutation the settings of how often a layer of a child changes its kind
 */
export function tinySpace(
  layers: number,
  mutation: Pick<SearchSettings["mutation"], "kindChanges" | "layerKind">,
): SearchSpace<Architecture> {
  const all = everyBackbone(layers);
  const kindChange = kindChangeProbability(mutation, layers);
  const key = (architecture: Architecture) => architecture.layers.map(nameOf).join(" | ");
  return {
    operations: { operation: places.flat(), kernel: kernelSizes.map(String) },
    key,
    sample: (random) => random.pick(all),
    features: (architecture) => architecture.layers.flatMap(featuresOf),
    mutate: (parent, choose, random) => {
      const child: Architecture = { version: 1, layers: [...parent.layers] };
      for (const [index, layer] of child.layers.entries()) {
        if (random.next() >= kindChange) continue;
        const isConvolution = layer.kind === "conv";
        child.layers[index] = isConvolution ? sampleAttention(random) : sampleConvolution(random);
      }
      do {
        const index = random.int(layers);
        child.layers[index] = mutated(item(child.layers, index), index, choose, random);
      } while (key(child) === key(parent));
      return { architecture: child, description: key(child) };
    },
  };
}

const sampleConvolution = (random: Random) => convolution(random.pick<KernelSize>(kernelSizes));
const sampleAttention = (random: Random) =>
  attention(places.map((options) => random.pick(options)));

function featuresOf(layer: Layer, index: number): Feature[] {
  if (layer.kind === "conv") {
    return [{ kind: "kernel", position: index, operation: String(layer.kernelSize) }];
  }
  return operationsOf(layer).map((operation, position) => {
    return { kind: "operation", position, operation };
  });
}

/** Returns what an attention layer holds in each of its places. */
function operationsOf({ graph: { nodes } }: AttentionLayer): string[] {
  const used: string[] = nodes.map(({ op }) => op);
  const within = (options: readonly string[], fallback: string) =>
    options.find((op) => used.includes(op)) ?? fallback;
  const similarity = within(["cosine", "euclidean"], "matmul");
  return [similarity, within(activations, "softmax"), within(["add"], "V")];
}

const nameOf = (layer: Layer) =>
  layer.kind === "conv" ? `conv ${layer.kernelSize}` : operationsOf(layer).join(" ");

/** Returns the layer with another kernel size, or with another operation in one place. */
function mutated(layer: Layer, index: number, choose: Chooser, random: Random): Layer {
  const others = <T>(options: readonly T[], present: T) =>
    options.filter((option) => option !== present);
  if (layer.kind === "conv") {
    const sizes = others(kernelSizes, layer.kernelSize);
    const chosen = choose({ kind: "kernel", position: index }, sizes.map(String), random);
    return convolution(
      item(
        sizes.filter((size) => String(size) === chosen),
        0,
      ),
    );
  }
  const present = operationsOf(layer);
  const position = random.int(places.length);
  const options = others(item(places, position), item(present, position));
  const chosen = choose({ kind: "operation", position }, options, random);
  return attention(present.with(position, chosen));
}
