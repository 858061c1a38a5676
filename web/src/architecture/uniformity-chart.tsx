"use client";

import { CartesianGrid, Line, LineChart, XAxis, YAxis } from "recharts";
import { axisTooltip } from "@/ui/axis-tooltip";
import { ChartBox, grid, margin, xAxis, yAxis } from "@/ui/chart";
import { evenTicks } from "@/ui/ticks";

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
  name: string;
  values: readonly number[];
  others: readonly UniformityCurve[];
}) {
  const { values, others } = props;
  const all = [...values, ...others.flatMap((other) => other.values)];
  const ticks = evenTicks(Math.min(0, ...all), Math.max(0.25, ...all));
  const rows = values.map((_, layer) => ({
    layer,
    ...Object.fromEntries(others.map((other) => [other.id, other.values[layer]])),
    own: values[layer],
  }));
  return (
    <ChartBox height="h-52" label="Token uniformity by layer">
      <LineChart data={rows} margin={margin}>
        <CartesianGrid {...grid} />
        <XAxis
          {...xAxis("Layer")}
          dataKey="layer"
          type="number"
          domain={[0, values.length - 1]}
          padding={{ left: 14, right: 8 }}
          ticks={[...values.keys()]}
          tickFormatter={(layer: number) => (layer === 0 ? "emb." : String(layer))}
        />
        <YAxis
          {...yAxis("Similarity")}
          ticks={ticks}
          domain={[ticks[0] ?? 0, ticks.at(-1) ?? 1]}
          tickFormatter={(value: number) => value.toFixed(2)}
        />
        {axisTooltip(
          (layer) => (Number(layer) === 0 ? "Embedding" : `Layer ${layer}`),
          (value) => value.toFixed(3),
        )}
        {others.map(({ id, name, colour }) => (
          <Line
            key={id}
            dataKey={id}
            name={name}
            stroke={colour}
            strokeWidth={1.5}
            strokeDasharray="4 3"
            dot={false}
            isAnimationActive={false}
          />
        ))}
        <Line
          dataKey="own"
          name={props.name}
          stroke="var(--accent)"
          strokeWidth={2}
          dot={{ r: 3, strokeWidth: 0, fill: "var(--accent)" }}
          isAnimationActive={false}
        />
      </LineChart>
    </ChartBox>
  );
}
