import type { ReactElement } from "react";
import { ResponsiveContainer } from "recharts";

const axis = {
  stroke: "var(--line-strong)",
  fontSize: 12,
  tick: { fill: "var(--muted)" },
  tickLine: false,
} as const;

/** How all charts look. */
export const xAxis = axis;
export const yAxis = { ...axis, axisLine: false, width: 48 } as const;
export const grid = { stroke: "var(--line)", vertical: false } as const;

/** As wide as its place. Screen readers do not see it: what it shows stands beside it as text. */
export function ChartBox(props: { height: string; children: ReactElement }) {
  return (
    <div className={props.height} aria-hidden>
      <ResponsiveContainer width="100%" height="100%">
        {props.children}
      </ResponsiveContainer>
    </div>
  );
}
