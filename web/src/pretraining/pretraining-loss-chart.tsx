"use client";

import { CartesianGrid, Line, LineChart, XAxis, YAxis } from "recharts";
import { ChartBox, grid, xAxis, yAxis } from "@/ui/chart";
import type { LossPoint } from "./queries";

/** Draws both losses of a pre-training over its steps, on an axis that reaches to the last step. */
export default function PretrainingLossChart(props: {
  points: readonly LossPoint[];
  steps: number;
}) {
  return (
    <ChartBox height="h-44">
      <LineChart
        accessibilityLayer={false}
        data={[...props.points]}
        margin={{ top: 8, right: 8, bottom: 0, left: -16 }}
      >
        <CartesianGrid {...grid} />
        <XAxis {...xAxis} dataKey="step" type="number" domain={[0, props.steps]} />
        <YAxis {...yAxis} domain={[0, "auto"]} />
        <Line {...line} dataKey="maskedLoss" stroke="var(--accent)" />
        <Line {...line} dataKey="nextSentenceLoss" stroke="var(--muted)" />
      </LineChart>
    </ChartBox>
  );
}

const line = { dot: false, strokeWidth: 1.5, isAnimationActive: false } as const;
