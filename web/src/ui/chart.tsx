import type { ReactElement } from "react";
import { ResponsiveContainer } from "recharts";

const axis = {
  stroke: "var(--line-strong)",
  fontSize: 12,
  tick: { fill: "var(--muted)" },
  tickLine: false,
} as const;

/** Properties of the x axis of all charts. */
export const xAxis = axis;
export const yAxis = { ...axis, axisLine: false, width: 48 } as const;
export const grid = { stroke: "var(--line)", vertical: false } as const;

/**
 * Gives a chart the width of its container. It is hidden from screen readers, which get the same
 * figures as text.
 */
export function ChartBox(props: { height: string; children: ReactElement }) {
  return (
    <div className={props.height} aria-hidden>
      <ResponsiveContainer width="100%" height="100%">
        {props.children}
      </ResponsiveContainer>
    </div>
  );
}
