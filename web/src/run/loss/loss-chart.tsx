"use client";

import { Area, AreaChart, CartesianGrid, XAxis, YAxis } from "recharts";
import type { LossPoint } from "./loss-curve";
import { ChartBox, grid, xAxis, yAxis } from "@/ui/chart";

/** Draws the loss over the steps, on an axis that reaches to the last step. */
export default function LossChart(props: { points: readonly LossPoint[]; steps: number }) {
  return (
    <ChartBox height="h-72 sm:h-80">
      <AreaChart
        accessibilityLayer={false}
        data={[...props.points]}
        margin={{ top: 8, right: 16, bottom: 4, left: -12 }}
      >
        <CartesianGrid {...grid} />
        <XAxis {...xAxis} dataKey="step" type="number" domain={[0, Math.max(1, props.steps)]} />
        <YAxis {...yAxis} domain={["auto", "auto"]} />
        <Area
          dataKey="loss"
          stroke="var(--accent)"
          strokeWidth={2}
          fill="var(--accent)"
          fillOpacity={0.1}
          isAnimationActive={false}
        />
      </AreaChart>
    </ChartBox>
  );
}
