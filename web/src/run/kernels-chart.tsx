"use client";

import { Bar, BarChart, CartesianGrid, ResponsiveContainer, XAxis, YAxis } from "recharts";
import { axis } from "./axis";
import { kernelColours } from "./kernel-colours";
import type { LayerChoices } from "./queries";

/** For each layer one bar, stacked of attention and the kernel sizes. */
export default function KernelsChart({ layers }: { layers: readonly LayerChoices[] }) {
  const bars = layers.map(({ layer, attention, kernels }) => ({
    name: String(layer + 1),
    attention,
    ...Object.fromEntries(kernels.map(({ kernelSize, count }) => [String(kernelSize), count])),
  }));
  return (
    <div className="h-60" aria-hidden>
      <ResponsiveContainer width="100%" height="100%">
        <BarChart
          accessibilityLayer={false}
          data={bars}
          margin={{ top: 8, right: 8, bottom: 4, left: -20 }}
          barCategoryGap="20%"
        >
          <CartesianGrid stroke="var(--line)" vertical={false} />
          <XAxis {...axis} dataKey="name" tickLine={false} />
          <YAxis {...axis} allowDecimals={false} axisLine={false} tickLine={false} width={48} />
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
      </ResponsiveContainer>
    </div>
  );
}
