import { liveNodes } from "./live.js";
import type { AttentionGraph, Operation, Reference } from "./schema.js";
import { graphShapes, type Shape } from "./shape.js";

/** The nodes and edges of a graph for a drawing, which chooses their positions itself. */
export interface GraphLayout {
  inputs: string[];
  nodes: LayoutNode[];
  edges: LayoutEdge[];
  /** Id of the node whose value is the graph's output. */
  output: string;
}

/** An input or operation in a drawing of a graph. */
export interface LayoutNode {
  /** An input's name, or n0, n1, … by the node's number in the graph. */
  id: string;
  kind: "input" | "op";
  /** The operation, or the input's name. */
  op: string;
  /** Short text for the node: a formula's sign where there is one. */
  label: string;
  shape: Shape;
}

/** An arrow from a value to an operation that takes it. */
export interface LayoutEdge {
  id: string;
  source: string;
  target: string;
  /** The target's argument that the value is, 0 or 1. */
  argument: number;
}

const labels: Record<Operation, string> = {
  neg: "−x",
  transpose: "xᵀ",
  scale: "x/√d",
  softmax: "softmax",
  logsigmoid: "logsigmoid",
  softsign: "softsign",
  add: "+",
  matmul: "matmul",
  cosine: "cosine",
  euclidean: "distance",
};

/** Lists the nodes and edges of a legal graph, without nodes that do not reach the output. */
export function layoutGraph(graph: AttentionGraph): GraphLayout {
  const shapes = graphShapes(graph);
  const live = liveNodes(graph);
  const layout: GraphLayout = {
    inputs: graph.inputs,
    nodes: [],
    edges: [],
    output: idOf(graph.output),
  };
  for (const input of graph.inputs) {
    layout.nodes.push({ id: input, kind: "input", op: input, label: input, shape: "n×d" });
  }
  for (const [index, shape] of shapes.entries()) {
    const node = graph.nodes[index];
    if (!node || !live[index]) continue;
    const id = idOf(index);
    layout.nodes.push({ id, kind: "op", op: node.op, label: labels[node.op], shape });
    for (const [argument, reference] of node.args.entries()) {
      const source = idOf(reference);
      layout.edges.push({ id: `${source}-${id}-${argument}`, source, target: id, argument });
    }
  }
  return layout;
}

function idOf(reference: Reference): string {
  return typeof reference === "number" ? `n${reference}` : reference;
}
