"use client";

import { CartesianGrid, Line, LineChart, XAxis, YAxis } from "recharts";
import { ChartBox, grid, xAxis, yAxis } from "@/ui/chart";

/** Similarity over the layers; 0 is the embedding. */
export default function UniformityChart({ values }: { values: readonly number[] }) {
  return (
    <ChartBox height="h-44">
      <LineChart
        accessibilityLayer={false}
        data={values.map((similarity, layer) => ({ layer, similarity }))}
        margin={{ top: 8, right: 12, bottom: 4, left: -16 }}
      >
        <CartesianGrid {...grid} />
        <XAxis
          {...xAxis}
          dataKey="layer"
          type="number"
          domain={[0, values.length - 1]}
          ticks={[...values.keys()]}
          tickFormatter={(layer: number) => (layer === 0 ? "emb." : String(layer))}
        />
        <YAxis
          {...yAxis}
          domain={[Math.min(0, ...values), 1]}
          ticks={[0, 0.25, 0.5, 0.75, 1]}
          tickFormatter={(value: number) => value.toFixed(2)}
        />
        <Line
          dataKey="similarity"
          stroke="var(--accent)"
          strokeWidth={2}
          dot={{ r: 3, strokeWidth: 0, fill: "var(--accent)" }}
          isAnimationActive={false}
        />
      </LineChart>
    </ChartBox>
  );
}
