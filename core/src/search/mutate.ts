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
import type { Edit, OperationEdits } from "./edits.js";
import { editsOf } from "./graphEdits.js";
import { sampleAttention, sampleConvolution } from "./sample.js";
import type { Chooser, Mutation } from "./searchSpace.js";
import { operandsOf } from "./operands.js";

/** The settings of mutation. */
export type MutationSettings = SearchSettings["mutation"];

/**
 * Makes a child of a legal backbone (docs/paper.md §3). Inter-layer mutation first: each layer may
 * change its kind, at random. Then intra-layer mutation, `edits` times: one layer, each equally
 * likely, is changed, and the chooser samples its operation or kernel size. Further edits are made
 * while the child has its parent's key. The child is simplified and legal.
 */
export function mutateBackbone(
  parent: Architecture,
  settings: MutationSettings,
  choose: Chooser,
  random: Random,
): Mutation<Architecture> {
  const { simplified, key: parentKey } = knownOf(parent);
  const layers = [...simplified];
  const child: Architecture = { version: 1, layers };
  const descriptions: string[] = [];
  const replace = (index: number, { layer, description }: LayerChange) => {
    layers[index] = layer;
    descriptions.push(`layer ${index + 1}: ${description}`);
  };

  const kindProbability = kindChangeProbability(settings, layers.length);
  for (const [index, layer] of layers.entries()) {
    if (random.next() < kindProbability) replace(index, changeKind(layer, settings, random));
  }
  for (let made = 0; made < settings.edits || architectureKey(child) === parentKey; made++) {
    const [index, layer] = random.pick([...layers.entries()]);
    replace(index, changeWithin(layer, index, { settings, choose, random }));
  }
  return { architecture: child, description: descriptions.join("; ") };
}

/** The simplified layers and the key of each parent, which has many mutations in a generation. */
const parents = new WeakMap<Architecture, { simplified: readonly Layer[]; key: string }>();

function knownOf(parent: Architecture): { simplified: readonly Layer[]; key: string } {
  const known = parents.get(parent);
  if (known) return known;
  const made = { simplified: simplify(parent).layers, key: architectureKey(parent) };
  parents.set(parent, made);
  return made;
}

/** Returns the probability, for each of so many layers of a child, that it changes its kind. */
export function kindChangeProbability(
  { kindChanges, layerKind }: Pick<MutationSettings, "kindChanges" | "layerKind">,
  layers: number,
): number {
  return Math.min(1, layerKind + kindChanges / layers);
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
  if (!kernelSize) throw notAnOption(chosen);
  const description = `kernel ${kernelSize} in place of ${layer.kernelSize}`;
  return { layer: { kind: "conv", kernelSize }, description };
}

/**
 * Makes one edit of a kind sampled by weight, or of another kind where the first has no legal edit.
 * There always is one: all inputs have the same shape, so some change of the input set is legal.
 */
function editGraph(graph: AttentionGraph, context: EditContext): Edit {
  const { random, settings } = context;
  const kinds = new Set(editKinds.filter((kind) => settings.editWeights[kind] > 0));
  while (kinds.size > 0) {
    const open = [...kinds];
    const kind = open[random.weighted(open.map((one) => settings.editWeights[one]))];
    if (!kind) break;
    const edit = sampleEdit(kind, graph, context);
    if (edit) return edit;
    kinds.delete(kind);
  }
  return random.pick(editsOf(graph).changeInputs());
}

/** Makes an edit of one kind at the first place, in random order, that has a legal one. */
function sampleEdit(kind: EditKind, graph: AttentionGraph, context: EditContext): Edit | undefined {
  const { random, settings } = context;
  const possible = editsOf(graph);
  switch (kind) {
    case "change":
      for (const node of random.shuffle([...graph.nodes.keys()])) {
        const edit = chooseOperation(node, possible.change(node), context);
        if (edit) return edit;
      }
      return undefined;
    case "insert":
      for (const operand of random.shuffle(operandsOf(graph))) {
        const edits = possible.insert(operand, settings.maxNodes);
        const edit = chooseOperation(operand.node, edits, context);
        if (edit) return edit;
      }
      return undefined;
    case "rewire":
      for (const operand of random.shuffle(operandsOf(graph))) {
        const edits = possible.rewire(operand);
        if (edits.length > 0) return random.pick(edits);
      }
      return undefined;
    case "delete":
      return pickIfAny(possible.delete(), random);
    case "inputs":
      return pickIfAny(possible.changeInputs(), random);
  }
}

/** Lets the chooser sample an operation; its edits, if several, are equally likely. */
function chooseOperation(
  position: number,
  editsByOperation: OperationEdits,
  { choose, random }: EditContext,
): Edit | undefined {
  if (editsByOperation.size === 0) return undefined;
  const chosen = choose({ kind: "operation", position }, [...editsByOperation.keys()], random);
  const edits = [...editsByOperation].find(([operation]) => operation === chosen)?.[1];
  if (!edits) throw notAnOption(chosen);
  return random.pick(edits);
}

function notAnOption(chosen: string): RangeError {
  return new RangeError(`The chooser returned ${chosen}, which was not offered.`);
}

function pickIfAny(edits: readonly Edit[], random: Random): Edit | undefined {
  return edits.length > 0 ? random.pick(edits) : undefined;
}
