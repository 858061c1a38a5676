import type { Architecture, Layer } from "@opnas/core";

/** A tensor of the platform in the file for PyTorch. */
export interface TensorPlace {
  /** The name in the models with a head; the bare backbone's has no "opnas." in front. */
  name: string;
  /** True for a linear layer's weight, which is [in, out] here and [out, in] in PyTorch. */
  isTransposed: boolean;
}

const linear = ["weight", "bias"] as const;

/**
 * Maps the names of a model's tensors (worker/src/model/parameters.ts) to those of the classes in
 * `modelingFile`. Tensors that are not in the map have no place in PyTorch.
 * The segment embedding, one vector here, is the second row of PyTorch's table.
 */
export function tensorPlaces(architecture: Architecture): ReadonlyMap<string, TensorPlace> {
  const places = new Map<string, TensorPlace>();
  const add = (from: string, name: string) => places.set(from, { name, isTransposed: false });
  const addNorm = (from: string, to: string) => {
    for (const part of linear) add(`${from}.${part}`, `${to}.${part}`);
  };
  const addLinear = (from: string, to: string) => {
    places.set(`${from}.weight`, { name: `${to}.weight`, isTransposed: true });
    add(`${from}.bias`, `${to}.bias`);
  };
  add("embedding.token.weight", "opnas.embeddings.token.weight");
  add("embedding.position.weight", "opnas.embeddings.position.weight");
  add(segmentTensor.from, segmentTensor.name);
  addNorm("embedding.norm", "opnas.embeddings.norm");
  for (const [index, layer] of architecture.layers.entries()) {
    const from = `layer.${index.toString()}.${layer.kind}`;
    const to = `opnas.layers.${index.toString()}`;
    for (const [ours, theirs] of mixingNames(layer))
      addLinear(`${from}.${ours}`, `${to}.mixing.${theirs}`);
    if (layer.kind === "conv") add(`${from}.kernel`, `${to}.mixing.kernel`);
    addLinear(`${from}.out`, `${to}.output`);
    addNorm(`${from}.norm`, `${to}.output_norm`);
    addLinear(`${from}.ffn.in`, `${to}.expand`);
    addLinear(`${from}.ffn.out`, `${to}.contract`);
    addNorm(`${from}.ffn.norm`, `${to}.feed_forward_norm`);
  }
  addLinear("mlm.dense", "masked_head.dense");
  addNorm("mlm.norm", "masked_head.norm");
  add("mlm.decoder.bias", "masked_head.bias");
  addLinear("pooler", "pooler");
  addLinear("nextSentence", "next_sentence");
  addLinear("classifier", "classifier");
  addLinear("span", "span");
  return places;
}

/** The segment embedding: [hidden] here, the second row of [2, hidden] in PyTorch. */
export const segmentTensor = {
  from: "embedding.segment.weight",
  name: "opnas.embeddings.segment.weight",
} as const;

const inputNames = { Q: "query", K: "key", V: "value", P: "extra" } as const;

/** Lists the linear layers of a mixing: the name here and the name in PyTorch. */
function mixingNames(layer: Layer): (readonly [string, string])[] {
  if (layer.kind === "conv") return [["in", "gate"]];
  return layer.graph.inputs.map((input) => [input.toLowerCase(), inputNames[input]] as const);
}
