import { MarkerType } from "@xyflow/react";
import { targetHandles, type PlacedGraph } from "./graph-layout";
import type { BentEdgeData, GraphNodeData } from "./graph-shapes";
import type { Graph } from "./queries";

/** Turns a placed graph into the nodes and edges of React Flow. */
export function flowElements(graph: Graph, placed: PlacedGraph) {
  const nodes = graph.nodes.flatMap((node): GraphNodeData[] => {
    const place = placed.nodes.find(({ id }) => id === node.id);
    if (!place) return [];
    return [
      {
        id: node.id,
        type: "graphNode",
        position: { x: place.x, y: place.y },
        width: place.width,
        height: place.height,
        data: {
          label: node.label,
          shape: node.shape,
          isInput: node.kind === "input",
          isOutput: node.id === graph.output,
          arguments: graph.edges.filter(({ target }) => target === node.id).length,
          direction: placed.direction,
        },
      },
    ];
  });
  const handle = targetHandles(graph, placed);
  const edges = graph.edges.map(({ id, source, target }): BentEdgeData => ({
    id,
    type: "bent",
    data: { bends: placed.bends[id] ?? [], direction: placed.direction },
    source,
    target,
    targetHandle: `in${handle[id] ?? 0}`,
    style: { stroke: "var(--muted)", strokeWidth: 1.4 },
    markerEnd: { type: MarkerType.ArrowClosed, color: "var(--muted)", width: 14, height: 14 },
  }));
  return { nodes, edges };
}
