import type { AttentionGraph, Reference } from "../architecture/schema.js";

/** Where a value is used: an argument of a node. One place past the last node is the output. */
export interface Use {
  node: number;
  argument: number;
}

/** Every use of a value in a graph, the output last. */
export function usesOf(graph: AttentionGraph): Use[] {
  const inNodes = graph.nodes.flatMap(({ args }, node) =>
    args.map((_, argument) => ({ node, argument })),
  );
  return [...inNodes, { node: graph.nodes.length, argument: 0 }];
}

export function readUse(graph: AttentionGraph, { node, argument }: Use): Reference {
  return graph.nodes[node]?.args[argument] ?? graph.output;
}

/** The graph with another value at this use. */
export function writeUse(graph: AttentionGraph, use: Use, value: Reference): AttentionGraph {
  const node = graph.nodes[use.node];
  if (!node) return { ...graph, output: value };
  const changed = { op: node.op, args: node.args.with(use.argument, value) };
  return { ...graph, nodes: graph.nodes.with(use.node, changed) };
}

/** The graph with another value wherever one is used. */
export function replaceValue(
  graph: AttentionGraph,
  replacement: (reference: Reference) => Reference,
): AttentionGraph {
  const nodes = graph.nodes.map(({ op, args }) => ({ op, args: args.map(replacement) }));
  return { ...graph, nodes, output: replacement(graph.output) };
}

/** The values that a node may use: inputs and earlier nodes. */
export function valuesBefore(graph: AttentionGraph, node: number): Reference[] {
  return [...graph.inputs, ...graph.nodes.slice(0, node).keys()];
}

export function describeUse(graph: AttentionGraph, { node }: Use): string {
  return node < graph.nodes.length ? `node ${node}` : "the output";
}

export function describeValue(reference: Reference): string {
  return typeof reference === "number" ? `node ${reference}` : reference;
}
