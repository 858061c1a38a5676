import { type EdgeLabel, graphlib, type GraphLabel, layout, type NodeLabel } from "@dagrejs/dagre";
import type { Graph } from "./queries";

export type Direction = "LR" | "TB";

export interface Point {
  x: number;
  y: number;
}

export interface PlacedNode {
  id: string;
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface PlacedGraph {
  direction: Direction;
  nodes: readonly PlacedNode[];
  /** Points between an edge's ends that lead it round other nodes, by edge id. */
  bends: Readonly<Record<string, readonly Point[]>>;
  width: number;
  height: number;
}

const inputSize = 40;
const opHeight = 46;
const characterWidth = 8.2;

/** Returns the size of a node's box in pixels; an operation's depends on its label. */
function nodeSize({ kind, label }: Graph["nodes"][number]) {
  if (kind === "input") return { width: inputSize, height: inputSize };
  return { width: Math.max(72, Math.ceil(label.length * characterWidth) + 28), height: opHeight };
}

/**
 * Places a graph's nodes in layers, inputs first. `x` and `y` are the top left corners of the
 * boxes.
 */
export function placeGraph(graph: Graph, direction: Direction): PlacedGraph {
  const dagre = new graphlib.Graph<GraphLabel, NodeLabel, EdgeLabel>({ multigraph: true });
  dagre.setGraph({ rankdir: direction, nodesep: 18, ranksep: 30, marginx: 6, marginy: 6 });
  dagre.setDefaultEdgeLabel(() => ({}));
  for (const node of graph.nodes) dagre.setNode(node.id, nodeSize(node));
  for (const { id, source, target } of graph.edges) dagre.setEdge(source, target, {}, id);
  layout(dagre);
  const { width = 0, height = 0 } = dagre.graph();
  return {
    direction,
    width,
    height,
    bends: Object.fromEntries(
      graph.edges.map(({ id, source, target }) => [
        id,
        pointsBetween(dagre.edge({ v: source, w: target, name: id }).points ?? []),
      ]),
    ),
    nodes: graph.nodes.map(({ id }) => {
      const { x = 0, y = 0, width, height } = dagre.node(id);
      return { id, x: x - width / 2, y: y - height / 2, width, height };
    }),
  };
}

/** Returns the points between an edge's two ends; an edge to the next layer needs none. */
function pointsBetween(points: readonly Point[]): readonly Point[] {
  return points.length > 3 ? points.slice(1, -1) : [];
}

/**
 * Returns the index of the handle at which each edge enters its target, by edge id; 0 is the
 * leftmost (or topmost). For `matmul` it is the argument's number, because the order matters; other
 * edges enter so that they do not cross.
 */
export function targetHandles(graph: Graph, placed: PlacedGraph): Readonly<Record<string, number>> {
  const across = (id: string) => {
    const node = placed.nodes.find((candidate) => candidate.id === id);
    return (placed.direction === "LR" ? node?.y : node?.x) ?? 0;
  };
  return Object.fromEntries(
    graph.nodes.flatMap(({ id, op }) => {
      const incoming = graph.edges.filter(({ target }) => target === id);
      const ordered = incoming.toSorted((a, b) =>
        op === "matmul"
          ? a.argument - b.argument
          : across(a.source) - across(b.source) || a.argument - b.argument,
      );
      return ordered.map((edge, index) => [edge.id, index]);
    }),
  );
}

/**
 * Returns an SVG path through `points` that is parallel to the drawing's direction at each of them.
 */
export function smoothPath(points: readonly Point[], direction: Direction): string {
  return points
    .map(({ x, y }, index) => {
      const from = points[index - 1];
      if (!from) return `M${x},${y}`;
      const [middleX, middleY] = [(from.x + x) / 2, (from.y + y) / 2];
      return direction === "LR"
        ? `C${middleX},${from.y} ${middleX},${y} ${x},${y}`
        : `C${from.x},${middleY} ${x},${middleY} ${x},${y}`;
    })
    .join("");
}

/**
 * Places the graph from left to right if that fits `available` pixels at full size, else from top
 * to bottom.
 */
export function placeInWidth(graph: Graph, available: number): PlacedGraph {
  const lying = placeGraph(graph, "LR");
  return lying.width <= available ? lying : placeGraph(graph, "TB");
}

/** Describes the graph in words, one line per operation: "n1 = softmax(n0), n×n". */
export function describeGraph({ nodes, edges, output }: Graph): string[] {
  const steps = nodes
    .filter(({ kind }) => kind !== "input")
    .map(({ id, op, shape }) => {
      const sources = edges
        .filter(({ target }) => target === id)
        .sort((a, b) => a.argument - b.argument)
        .map(({ source }) => source);
      return `${id} = ${op}(${sources.join(", ")}), ${shape}`;
    });
  return [...steps, `output: ${output}`];
}
