"use client";

import { useRouter } from "next/navigation";
import { CartesianGrid, ComposedChart, Line, Scatter, XAxis, YAxis } from "recharts";
import type { ParetoCost } from "@/generated/graphql";
import { ChartBox, grid, xAxis, yAxis } from "@/ui/chart";
import { scoreTicks } from "@/ui/score-ticks";
import { costs, type ParetoPoint } from "./pareto-points";

/**
 * Draws score over cost: a dot for each architecture that opens its page, and the front as a step
 * line.
 */
export default function ParetoChart(props: { points: readonly ParetoPoint[]; x: ParetoCost }) {
  const { points, x } = props;
  const router = useRouter();
  const front = points.filter(({ onFront }) => onFront);
  const ticks = scoreTicks(points.map(({ score }) => score));
  return (
    <ChartBox height="h-72 sm:h-80">
      <ComposedChart
        accessibilityLayer={false}
        data={front}
        margin={{ top: 8, right: 8, bottom: 4, left: -12 }}
      >
        <CartesianGrid {...grid} />
        <XAxis
          {...xAxis}
          dataKey="cost"
          type="number"
          domain={["auto", "auto"]}
          allowDuplicatedCategory={false}
          padding={{ left: 12, right: 12 }}
          tickFormatter={costs[x].format}
          minTickGap={16}
        />
        <YAxis {...yAxis} ticks={ticks} domain={[ticks[0] ?? 0, ticks.at(-1) ?? 100]} />
        <Line
          dataKey="score"
          type="stepAfter"
          stroke="var(--accent)"
          strokeWidth={2}
          dot={false}
          activeDot={false}
          isAnimationActive={false}
        />
        <Scatter
          data={[...points]}
          dataKey="score"
          isAnimationActive={false}
          shape={<Dot x={x} onOpen={(id) => router.push(`/architectures/${id}`)} />}
        />
      </ComposedChart>
    </ChartBox>
  );
}

/**
 * Draws one point; recharts adds the position and the data to the element that is given as `shape`.
 */
function Dot(props: {
  cx?: number;
  cy?: number;
  payload?: ParetoPoint;
  x: ParetoCost;
  onOpen: (id: string) => void;
}) {
  const { cx, cy, payload, x, onOpen } = props;
  if (cx === undefined || cy === undefined || !payload) return null;
  const { id, name, score, cost, isReference, onFront } = payload;
  return (
    <circle
      cx={cx}
      cy={cy}
      r={onFront || isReference ? 5 : 4}
      fill={isReference ? "var(--warn)" : "var(--accent)"}
      fillOpacity={onFront || isReference ? 1 : 0.38}
      stroke={onFront ? "var(--ink)" : "none"}
      className="cursor-pointer hover:fill-ink"
      onClick={() => onOpen(id)}
    >
      <title>{`${name}: ${score.toFixed(2)}, ${costs[x].format(cost)}`}</title>
    </circle>
  );
}
