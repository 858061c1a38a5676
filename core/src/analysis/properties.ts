import { liveNodes } from "../architecture/live.js";
import type { Architecture } from "../architecture/schema.js";
import type { Property } from "./importance.js";

/**
 * Lists the properties of a backbone whose importance for scores is of interest: the kind of each
 * layer (`layer 0`), the kernel size of each convolution (`kernel 0`), and how many nodes of all its
 * attention graphs have each operation (`operation softmax`). Layers count from 0, from the input.
 */
export function backboneProperties({ layers }: Architecture): Property[] {
  const ofLayers = layers.flatMap((layer, index): Property[] => {
    const kind = { factor: `layer ${index}`, value: layer.kind, amount: 1 };
    if (layer.kind === "attention") return [kind];
    return [kind, { factor: `kernel ${index}`, value: String(layer.kernelSize), amount: 1 }];
  });
  const counts = new Map<string, number>();
  for (const layer of layers) {
    if (layer.kind !== "attention") continue;
    const live = liveNodes(layer.graph);
    for (const [index, { op }] of layer.graph.nodes.entries()) {
      if (live[index]) counts.set(op, (counts.get(op) ?? 0) + 1);
    }
  }
  const ofOperations = [...counts].map(([operation, amount]) => ({
    factor: `operation ${operation}`,
    value: "used",
    amount,
  }));
  return [...ofLayers, ...ofOperations];
}
