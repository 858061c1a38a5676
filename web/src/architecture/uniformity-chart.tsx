"use client";

import { CartesianGrid, Line, LineChart, XAxis, YAxis } from "recharts";
import { ChartBox, grid, xAxis, yAxis } from "@/ui/chart";

/** An architecture's token uniformity (mean cosine similarity, −1 to 1); `values[0]` is the embedding's. */
export interface UniformityCurve {
  id: string;
  name: string;
  colour: string;
  values: readonly number[];
}

/**
 * Draws the token uniformity over the layers, 0 being the embedding; the architecture's own curve
 * is the solid one.
 */
export default function UniformityChart(props: {
  values: readonly number[];
  others: readonly UniformityCurve[];
}) {
  const { values, others } = props;
  const all = [...values, ...others.flatMap((other) => other.values)];
  const rows = values.map((_, layer) => ({
    layer,
    ...Object.fromEntries(others.map((other) => [other.id, other.values[layer]])),
    own: values[layer],
  }));
  return (
    <ChartBox height="h-44">
      <LineChart
        accessibilityLayer={false}
        data={rows}
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
          domain={[Math.min(0, ...all), quarterAbove(Math.max(...all))]}
          tickFormatter={(value: number) => value.toFixed(2)}
        />
        {others.map(({ id, colour }) => (
          <Line
            key={id}
            dataKey={id}
            stroke={colour}
            strokeWidth={1.5}
            strokeDasharray="4 3"
            dot={false}
            isAnimationActive={false}
          />
        ))}
        <Line
          dataKey="own"
          stroke="var(--accent)"
          strokeWidth={2}
          dot={{ r: 3, strokeWidth: 0, fill: "var(--accent)" }}
          isAnimationActive={false}
        />
      </LineChart>
    </ChartBox>
  );
}

/**
 * Returns the end of the scale: the next quarter, so that curves fill it and most pages have the
 * same one.
 */
const quarterAbove = (value: number) => Math.max(0.25, Math.ceil(4 * value) / 4);
