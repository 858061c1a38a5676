import {
  BaseEdge,
  type Edge,
  type EdgeProps,
  Handle,
  type Node,
  type NodeProps,
  Position,
} from "@xyflow/react";
import { clsx } from "clsx";
import { type Direction, type Point, smoothPath } from "./graph-layout";

export type GraphNodeData = Node<
  {
    label: string;
    shape: string;
    isInput: boolean;
    isOutput: boolean;
    /** Number of arguments of the operation, 0 for an input. */
    arguments: number;
    direction: Direction;
  },
  "graphNode"
>;

/** Draws a node as a box, with a handle for each incoming edge and one for the outgoing ones. */
export function GraphNode({ data }: NodeProps<GraphNodeData>) {
  const { label, shape, isInput, isOutput, direction } = data;
  const vertical = direction === "TB";
  return (
    <div
      title={`${label}: ${shape}`}
      className={clsx(
        "flex size-full flex-col items-center justify-center border text-center leading-tight",
        isInput
          ? "rounded-full border-line-strong bg-sunken font-semibold"
          : "rounded-lg bg-surface shadow-card",
        !isInput && (isOutput ? "border-2 border-accent" : "border-line-strong"),
      )}
    >
      {Array.from({ length: data.arguments }, (_, argument) => {
        const place = `${(100 * (argument + 1)) / (data.arguments + 1)}%`;
        return (
          <Handle
            key={argument}
            id={`in${argument}`}
            type="target"
            position={vertical ? Position.Top : Position.Left}
            style={vertical ? { left: place } : { top: place }}
            isConnectable={false}
            className="opacity-0"
          />
        );
      })}
      <span className="text-[13px] font-medium">{label}</span>
      {!isInput && <span className="font-mono text-[11px] text-muted">{shape}</span>}
      <Handle
        type="source"
        position={vertical ? Position.Bottom : Position.Right}
        isConnectable={false}
        className="opacity-0"
      />
    </div>
  );
}

export type BentEdgeData = Edge<{ bends: readonly Point[]; direction: Direction }, "bent">;

/** Draws an edge that goes round the nodes in its way. */
export function BentEdge(props: EdgeProps<BentEdgeData>) {
  const { sourceX, sourceY, targetX, targetY, data, style, markerEnd } = props;
  const path = smoothPath(
    [{ x: sourceX, y: sourceY }, ...(data?.bends ?? []), { x: targetX, y: targetY }],
    data?.direction ?? "TB",
  );
  return <BaseEdge path={path} {...(style && { style })} {...(markerEnd && { markerEnd })} />;
}
