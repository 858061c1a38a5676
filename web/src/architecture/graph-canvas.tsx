"use client";

import { Background, Controls, ReactFlow } from "@xyflow/react";
import "@xyflow/react/dist/base.css";
import { useTheme } from "next-themes";
import { flowElements } from "./flow-elements";
import type { PlacedGraph } from "./graph-layout";
import { BentEdge, GraphNode } from "./graph-shapes";
import type { Graph } from "./queries";

const nodeTypes = { graphNode: GraphNode };
const edgeTypes = { bent: BentEdge };

const still = {
  panOnDrag: false,
  zoomOnScroll: false,
  zoomOnPinch: false,
  zoomOnDoubleClick: false,
  preventScrolling: false,
} as const;

/**
 * Draws a placed graph. A drawing that is not interactive scrolls with the page; an interactive one
 * can be moved and zoomed.
 */
export default function GraphCanvas(props: {
  graph: Graph;
  placed: PlacedGraph;
  interactive: boolean;
}) {
  const { graph, placed, interactive } = props;
  const { resolvedTheme } = useTheme();
  const { nodes, edges } = flowElements(graph, placed);
  return (
    <ReactFlow
      key={placed.direction}
      nodes={nodes}
      edges={edges}
      nodeTypes={nodeTypes}
      edgeTypes={edgeTypes}
      colorMode={resolvedTheme === "dark" ? "dark" : "light"}
      fitView
      fitViewOptions={{ padding: interactive ? 0.15 : 0.02, maxZoom: interactive ? 1.6 : 1 }}
      minZoom={0.1}
      attributionPosition="bottom-left"
      nodesDraggable={false}
      nodesConnectable={false}
      nodesFocusable={false}
      edgesFocusable={false}
      elementsSelectable={false}
      {...(interactive ? {} : still)}
    >
      {interactive && <Background gap={20} color="var(--line)" />}
      {interactive && <Controls showInteractive={false} />}
    </ReactFlow>
  );
}
