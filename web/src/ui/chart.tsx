"use client";

import { clsx } from "clsx";
import type { ReactElement } from "react";
import { ResponsiveContainer } from "recharts";

const axis = {
  stroke: "var(--line-strong)",
  fontSize: 12,
  tick: { fill: "var(--muted)" },
  tickLine: false,
} as const;
const title = { fill: "var(--muted)", fontSize: 12 } as const;

/** Returns the properties of a chart's x axis, with its title below it. */
export function xAxis(name: string) {
  return {
    ...axis,
    height: 44,
    label: { ...title, value: name, position: "insideBottom", offset: 2 },
  } as const;
}

/** Returns the properties of a chart's y axis, with its title beside it. */
export function yAxis(name: string) {
  return {
    ...axis,
    axisLine: false,
    width: 58,
    label: {
      ...title,
      value: name,
      angle: -90,
      position: "insideLeft",
      offset: 8,
      style: { textAnchor: "middle" },
    },
  } as const;
}

/** The margins of a chart, whose axes have room for their titles themselves. */
export const margin = { top: 8, right: 14, bottom: 0, left: 0 } as const;
export const grid = { stroke: "var(--line)", vertical: false } as const;

/**
 * Gives a chart the width of its container. Screen readers get its figures as a table beside it; `label`
 * names it for them. A tooltip from before the window became narrower is cut off.
 */
export function ChartBox(props: { height: string; label: string; children: ReactElement }) {
  return (
    <div className={clsx("overflow-x-clip", props.height)} role="group" aria-label={props.label}>
      <ResponsiveContainer width="100%" height="100%">
        {props.children}
      </ResponsiveContainer>
    </div>
  );
}
