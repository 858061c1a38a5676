import type { AttentionGraph, GraphInput, Reference } from "./schema.js";

/** Marks the nodes that the output depends on, in the graph's order. */
export function liveNodes(graph: AttentionGraph): boolean[] {
  const live = graph.nodes.map((_, index) => index === graph.output);
  for (const [index, node] of [...graph.nodes.entries()].reverse()) {
    if (!live[index]) continue;
    for (const argument of node.args) if (typeof argument === "number") live[argument] = true;
  }
  return live;
}

/** Lists the inputs that the output depends on, in the graph's order. */
export function liveInputs(graph: AttentionGraph): GraphInput[] {
  const live = liveNodes(graph);
  const used = new Set<Reference>([graph.output]);
  for (const [index, node] of graph.nodes.entries()) {
    if (live[index]) node.args.forEach((argument) => used.add(argument));
  }
  return graph.inputs.filter((input) => used.has(input));
}
