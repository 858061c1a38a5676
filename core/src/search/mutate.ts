import { architectureKey } from "../architecture/key.js";
import {
  kernelSizes,
  type Architecture,
  type AttentionGraph,
  type Layer,
} from "../architecture/schema.js";
import { simplify } from "../architecture/simplify.js";
import type { Random } from "../random.js";
import { editKinds, type EditKind } from "../settings/names.js";
import type { SearchSettings } from "../settings/search.js";
import {
  changeInputs,
  changeOperation,
  deleteOperation,
  insertOperation,
  rewire,
  type Edit,
  type OperationEdits,
} from "./edits.js";
import { sampleAttention, sampleConvolution } from "./sample.js";
import type { Chooser, Mutation } from "./searchSpace.js";
import { usesOf } from "./uses.js";

export type MutationSettings = SearchSettings["mutation"];

/**
 * A child of a legal backbone (paper §3): first each layer may change its kind, at random; then
 * `edits` times one layer, drawn evenly, is changed within, where the chooser draws operations and
 * kernel sizes. One more edit is made should the child compute what its parent does. The child is
 * simplified, legal and has another key.
 */
export function mutateBackbone(
  parent: Architecture,
  settings: MutationSettings,
  choose: Chooser,
  random: Random,
): Mutation<Architecture> {
  const layers = [...simplify(parent).layers];
  const child: Architecture = { version: 1, layers };
  const descriptions: string[] = [];
  const replace = (index: number, { layer, description }: LayerChange) => {
    layers[index] = layer;
    descriptions.push(`layer ${index + 1}: ${description}`);
  };

  for (const [index, layer] of layers.entries()) {
    if (random.next() < settings.layerKind) replace(index, changeKind(layer, settings, random));
  }
  const parentKey = architectureKey(parent);
  for (let made = 0; made < settings.edits || architectureKey(child) === parentKey; made++) {
    const [index, layer] = random.pick([...layers.entries()]);
    replace(index, changeWithin(layer, index, { settings, choose, random }));
  }
  return { architecture: child, description: descriptions.join("; ") };
}

interface LayerChange {
  layer: Layer;
  description: string;
}

interface EditContext {
  settings: MutationSettings;
  choose: Chooser;
  random: Random;
}

function changeKind(layer: Layer, settings: MutationSettings, random: Random): LayerChange {
  if (layer.kind === "attention") {
    const convolution = sampleConvolution(random);
    const description = `convolution, kernel ${convolution.kernelSize}, in place of attention`;
    return { layer: convolution, description };
  }
  const attention = sampleAttention(settings.maxNodes, random);
  return { layer: attention, description: "attention in place of convolution" };
}

function changeWithin(layer: Layer, index: number, context: EditContext): LayerChange {
  if (layer.kind === "attention") {
    const { graph, description } = editGraph(layer.graph, context);
    return { layer: { kind: "attention", graph }, description };
  }
  const others = kernelSizes.filter((size) => size !== layer.kernelSize);
  const slot = { kind: "kernel", position: index } as const;
  const chosen = context.choose(slot, others.map(String), context.random);
  const kernelSize = others.find((size) => String(size) === chosen);
  if (!kernelSize) throw notOffered(chosen);
  const description = `kernel ${kernelSize} in place of ${layer.kernelSize}`;
  return { layer: { kind: "conv", kernelSize }, description };
}

/**
 * One edit of a kind drawn by weight; another kind where the first offers nothing. Some change of
 * the input set is always legal, since all inputs have one shape: so there is always an edit.
 */
function editGraph(graph: AttentionGraph, context: EditContext): Edit {
  const { random, settings } = context;
  const kinds = new Set(editKinds.filter((kind) => settings.editWeights[kind] > 0));
  while (kinds.size > 0) {
    const open = [...kinds];
    const kind = open[random.weighted(open.map((one) => settings.editWeights[one]))];
    if (!kind) break;
    const edit = drawEdit(kind, graph, context);
    if (edit) return edit;
    kinds.delete(kind);
  }
  return random.pick(changeInputs(graph));
}

/** An edit of one kind at the first place, in random order, that offers any. */
function drawEdit(kind: EditKind, graph: AttentionGraph, context: EditContext): Edit | undefined {
  const { random, settings } = context;
  switch (kind) {
    case "change":
      for (const node of random.shuffle([...graph.nodes.keys()])) {
        const edit = chooseOperation(node, changeOperation(graph, node), context);
        if (edit) return edit;
      }
      return undefined;
    case "insert":
      for (const use of random.shuffle(usesOf(graph))) {
        const offers = insertOperation(graph, use, settings.maxNodes);
        const edit = chooseOperation(use.node, offers, context);
        if (edit) return edit;
      }
      return undefined;
    case "rewire":
      for (const use of random.shuffle(usesOf(graph))) {
        const offers = rewire(graph, use);
        if (offers.length > 0) return random.pick(offers);
      }
      return undefined;
    case "delete":
      return pickIfAny(deleteOperation(graph), random);
    case "inputs":
      return pickIfAny(changeInputs(graph), random);
  }
}

/** The chooser draws among the operations that fit; chance, among the ways to put it there. */
function chooseOperation(
  position: number,
  offers: OperationEdits,
  { choose, random }: EditContext,
): Edit | undefined {
  if (offers.size === 0) return undefined;
  const chosen = choose({ kind: "operation", position }, [...offers.keys()], random);
  const edits = [...offers].find(([operation]) => operation === chosen)?.[1];
  if (!edits) throw notOffered(chosen);
  return random.pick(edits);
}

function notOffered(chosen: string): RangeError {
  return new RangeError(`The chooser drew ${chosen}, which was not offered.`);
}

function pickIfAny(edits: readonly Edit[], random: Random): Edit | undefined {
  return edits.length > 0 ? random.pick(edits) : undefined;
}
