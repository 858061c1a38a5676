"use client";

import { Bar, BarChart, CartesianGrid, XAxis, YAxis } from "recharts";
import { axisTooltip } from "@/ui/axis-tooltip";
import { ChartBox, grid, margin, xAxis, yAxis } from "@/ui/chart";
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
    <ChartBox height="h-60" label="Choices by layer">
      <BarChart data={bars} margin={margin} barCategoryGap="20%">
        <CartesianGrid {...grid} />
        <XAxis {...xAxis("Layer")} dataKey="name" />
        <YAxis {...yAxis("Candidates")} allowDecimals={false} />
        {axisTooltip((layer) => `Layer ${layer}`, String)}
        {kernelColours(layers).map(({ key, label, fill }) => (
          <Bar
            key={key}
            dataKey={key}
            name={label}
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
