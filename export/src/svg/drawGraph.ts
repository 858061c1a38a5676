import { type EdgeLabel, graphlib, type GraphLabel, layout, type NodeLabel } from "@dagrejs/dagre";
import { type AttentionGraph, type GraphLayout, layoutGraph } from "@opnas/core";
import { element, text } from "./element.js";

/** A drawn graph: its size in pixels, and its elements. */
export interface DrawnGraph {
  width: number;
  height: number;
  content: string;
}

interface Point {
  x: number;
  y: number;
}

const inputSize = 36;
const operationHeight = 40;
const characterWidth = 8;
/** Pixels between the places at which two arrows enter a box. */
const entryDistance = 12;

/** Draws the live nodes of a legal graph from left to right, inputs first. */
export function drawGraph(graph: AttentionGraph): DrawnGraph {
  const drawing = layoutGraph(graph);
  const placed = place(drawing);
  const { width = 0, height = 0 } = placed.graph();
  const boxes = drawing.nodes.map((node) => drawNode(node, placed.node(node.id), drawing.output));
  const edges = drawing.edges.map((edge) => {
    const { points = [] } = placed.edge({ v: edge.source, w: edge.target, name: edge.id });
    // An arrow to the next column needs no point between its ends.
    const between = points.length > 3 ? points.slice(1, -1) : [];
    return drawEdge(exitOf(placed, edge), between, entryOf(drawing, placed, edge));
  });
  return { width, height, content: [...edges, ...boxes].join("") };
}

type Placed = graphlib.Graph<GraphLabel, NodeLabel, EdgeLabel>;

function place({ nodes, edges }: GraphLayout): Placed {
  const placed: Placed = new graphlib.Graph({ multigraph: true });
  placed.setGraph({ rankdir: "LR", nodesep: 16, ranksep: 34, marginx: 8, marginy: 8 });
  for (const node of nodes) placed.setNode(node.id, sizeOf(node));
  for (const { id, source, target } of edges) placed.setEdge(source, target, {}, id);
  layout(placed);
  return placed;
}

type LayoutNode = GraphLayout["nodes"][number];
type LayoutEdge = GraphLayout["edges"][number];

function sizeOf({ kind, label }: LayoutNode): NodeLabel {
  if (kind === "input") return { width: inputSize, height: inputSize };
  return { width: Math.max(76, label.length * characterWidth + 24), height: operationHeight };
}

function drawNode({ id, kind, label, shape }: LayoutNode, box: NodeLabel, output: string): string {
  const { x = 0, y = 0, width, height } = box;
  const isOutput = id === output;
  const classes = `${kind === "input" ? "input" : "node"}${isOutput ? " output" : ""}`;
  const frame = element("rect", {
    class: classes,
    x: x - width / 2,
    y: y - height / 2,
    width,
    height,
    rx: kind === "input" ? inputSize / 2 : 7,
  });
  if (kind === "input") {
    return `${frame}${element("text", { class: "middle", x, y: y + 5 }, text(label))}`;
  }
  const below = isOutput ? `${shape}, output` : shape;
  return [
    frame,
    element("text", { class: "middle", x, y: y - 1 }, text(label)),
    element("text", { class: "middle shape", x, y: y + 13 }, text(below)),
  ].join("");
}

/**
 * Returns where an arrow enters its target's left side: from top to bottom by the argument's number
 * at a product, whose order matters, and at other operations so that arrows do not cross.
 */
function entryOf({ nodes, edges }: GraphLayout, placed: Placed, edge: LayoutEdge): Point {
  const { x = 0, y = 0, width } = placed.node(edge.target);
  const isProduct = nodes.some(({ id, op }) => id === edge.target && op === "matmul");
  const height = ({ source }: LayoutEdge) => (isProduct ? 0 : (placed.node(source).y ?? 0));
  const entering = edges
    .filter(({ target }) => target === edge.target)
    .sort((one, other) => height(one) - height(other) || one.argument - other.argument);
  const place = entering.indexOf(edge) - (entering.length - 1) / 2;
  return { x: x - width / 2, y: y + place * entryDistance };
}

/** Returns where an arrow leaves its source: the middle of the right side. */
function exitOf(placed: Placed, { source }: LayoutEdge): Point {
  const { x = 0, y = 0, width } = placed.node(source);
  return { x: x + width / 2, y };
}

/** Draws an arrow through points, level at each of them. */
function drawEdge(exit: Point, between: readonly Point[], entry: Point): string {
  let from = exit;
  const curves = [...between, entry].map((to) => {
    const middle = (from.x + to.x) / 2;
    const curve = `C${[middle, from.y, middle, to.y, to.x, to.y].map(rounded).join(" ")}`;
    from = to;
    return curve;
  });
  const path = `M${rounded(exit.x)} ${rounded(exit.y)}${curves.join("")}`;
  return element("path", { class: "edge", d: path, "marker-end": "url(#arrow)" });
}

function rounded(value: number): string {
  return (Math.round(value * 10) / 10).toString();
}
