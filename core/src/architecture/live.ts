import type { AttentionGraph, GraphInput, Reference } from "./schema.js";

/** Which nodes the output depends on. */
export function liveNodes(graph: AttentionGraph): boolean[] {
  const live = graph.nodes.map((_, index) => index === graph.output);
  for (const [index, node] of [...graph.nodes.entries()].reverse()) {
    if (!live[index]) continue;
    for (const argument of node.args) if (typeof argument === "number") live[argument] = true;
  }
  return live;
}

/** The inputs that the output depends on, in the order the graph lists them. */
export function liveInputs(graph: AttentionGraph): GraphInput[] {
  const live = liveNodes(graph);
  const used = new Set<Reference>([graph.output]);
  for (const [index, node] of graph.nodes.entries()) {
    if (live[index]) node.args.forEach((argument) => used.add(argument));
  }
  return graph.inputs.filter((input) => used.has(input));
}
