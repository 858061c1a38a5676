"use client";

import { CartesianGrid, Line, LineChart, XAxis, YAxis } from "recharts";
import { count } from "@/format/number";
import { axisTooltip } from "@/ui/axis-tooltip";
import { ChartBox, grid, margin, xAxis, yAxis } from "@/ui/chart";
import type { LossPoint } from "./queries";

/** Draws both losses of a pre-training over its steps, on an axis that reaches to the last step. */
export default function PretrainingLossChart(props: {
  points: readonly LossPoint[];
  steps: number;
}) {
  return (
    <ChartBox height="h-52" label="Losses over steps">
      <LineChart data={[...props.points]} margin={margin}>
        <CartesianGrid {...grid} />
        <XAxis {...xAxis("Step")} dataKey="step" type="number" domain={[0, props.steps]} />
        <YAxis {...yAxis("Loss")} domain={[0, "auto"]} />
        {axisTooltip(
          (step) => `Step ${count(Number(step))}`,
          (loss) => loss.toFixed(3),
        )}
        <Line {...line} dataKey="maskedLoss" name="Masked words" stroke="var(--accent)" />
        <Line {...line} dataKey="nextSentenceLoss" name="Next sentence" stroke="var(--muted)" />
      </LineChart>
    </ChartBox>
  );
}

const line = { dot: false, strokeWidth: 1.5, isAnimationActive: false } as const;
