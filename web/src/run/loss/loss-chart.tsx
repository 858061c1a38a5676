"use client";

import { Area, AreaChart, CartesianGrid, XAxis, YAxis } from "recharts";
import type { LossPoint } from "./loss-curve";
import { count } from "@/format/number";
import { axisTooltip } from "@/ui/axis-tooltip";
import { ChartBox, grid, margin, xAxis, yAxis } from "@/ui/chart";

/** Draws the loss over the steps, on an axis that reaches to the last step. */
export default function LossChart(props: { points: readonly LossPoint[]; steps: number }) {
  return (
    <ChartBox height="h-72 sm:h-80" label="Loss over steps">
      <AreaChart data={[...props.points]} margin={margin}>
        <CartesianGrid {...grid} />
        <XAxis
          {...xAxis("Step")}
          dataKey="step"
          type="number"
          domain={[0, Math.max(1, props.steps)]}
        />
        <YAxis {...yAxis("Loss")} domain={["auto", "auto"]} />
        {axisTooltip(
          (step) => `Step ${count(Number(step))}`,
          (loss) => loss.toFixed(3),
        )}
        <Area
          dataKey="loss"
          name="Loss"
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
