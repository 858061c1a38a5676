"use client";

import { Bar, BarChart, CartesianGrid, XAxis, YAxis } from "recharts";
import { ChartBox, grid, xAxis, yAxis } from "@/ui/chart";
import { kernelColours } from "./kernel-colours";
import type { LayerChoices } from "./queries";

/** Draws one bar for each layer, stacked from attention and the kernel sizes. */
export default function KernelsChart({ layers }: { layers: readonly LayerChoices[] }) {
  const bars = layers.map(({ layer, attention, kernels }) => ({
    name: String(layer + 1),
    attention,
    ...Object.fromEntries(kernels.map(({ kernelSize, count }) => [String(kernelSize), count])),
  }));
  return (
    <ChartBox height="h-60">
      <BarChart
        accessibilityLayer={false}
        data={bars}
        margin={{ top: 8, right: 8, bottom: 4, left: -20 }}
        barCategoryGap="20%"
      >
        <CartesianGrid {...grid} />
        <XAxis {...xAxis} dataKey="name" />
        <YAxis {...yAxis} allowDecimals={false} />
        {kernelColours(layers).map(({ key, fill }) => (
          <Bar
            key={key}
            dataKey={key}
            stackId="candidates"
            fill={fill}
            stroke="var(--surface)"
            maxBarSize={56}
            isAnimationActive={false}
          />
        ))}
      </BarChart>
    </ChartBox>
  );
}
