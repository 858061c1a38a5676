import type { AttentionGraph, Reference } from "../architecture/schema.js";

/** An argument of a node, or the graph's output: `node` is then one past the last node. */
export interface Operand {
  node: number;
  argument: number;
}

/** Lists every operand of a graph, the output last. */
export function operandsOf(graph: AttentionGraph): Operand[] {
  const inNodes = graph.nodes.flatMap(({ args }, node) =>
    args.map((_, argument) => ({ node, argument })),
  );
  return [...inNodes, { node: graph.nodes.length, argument: 0 }];
}

/** Returns the value that an operand refers to. */
export function readOperand(graph: AttentionGraph, { node, argument }: Operand): Reference {
  return graph.nodes[node]?.args[argument] ?? graph.output;
}

/** Returns the graph with another value at this operand. */
export function writeOperand(
  graph: AttentionGraph,
  operand: Operand,
  value: Reference,
): AttentionGraph {
  const node = graph.nodes[operand.node];
  if (!node) return { ...graph, output: value };
  const changed = { op: node.op, args: node.args.with(operand.argument, value) };
  return { ...graph, nodes: graph.nodes.with(operand.node, changed) };
}

/** Returns the graph with every reference replaced by what `replacement` makes of it. */
export function mapReferences(
  graph: AttentionGraph,
  replacement: (reference: Reference) => Reference,
): AttentionGraph {
  const nodes = graph.nodes.map(({ op, args }) => ({ op, args: args.map(replacement) }));
  return { ...graph, nodes, output: replacement(graph.output) };
}

/** Lists the values that a node may refer to: inputs and earlier nodes. */
export function valuesBefore(graph: AttentionGraph, node: number): Reference[] {
  return [...graph.inputs, ...graph.nodes.slice(0, node).keys()];
}

/** Names an operand, for the description of a mutation. */
export function describeOperand(graph: AttentionGraph, { node }: Operand): string {
  return node < graph.nodes.length ? `node ${node}` : "the output";
}

/** Names a value, for the description of a mutation. */
export function describeReference(reference: Reference): string {
  return typeof reference === "number" ? `node ${reference}` : reference;
}
