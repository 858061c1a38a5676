import { BaseEdge, type Edge, type EdgeProps } from "@xyflow/react";
import { type Direction, type Place, smoothPath } from "./graph-layout";

export type BentEdgeData = Edge<{ bends: readonly Place[]; direction: Direction }, "bent">;

/** An edge that goes round the nodes in its way. */
export function BentEdge(props: EdgeProps<BentEdgeData>) {
  const { sourceX, sourceY, targetX, targetY, data, style, markerEnd } = props;
  const path = smoothPath(
    [{ x: sourceX, y: sourceY }, ...(data?.bends ?? []), { x: targetX, y: targetY }],
    data?.direction ?? "TB",
  );
  return <BaseEdge path={path} {...(style && { style })} {...(markerEnd && { markerEnd })} />;
}
