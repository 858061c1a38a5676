"use client";

import { useRouter } from "next/navigation";
import { CartesianGrid, ComposedChart, Line, Scatter, XAxis, YAxis } from "recharts";
import { score as scoreText } from "@/format/number";
import type { ParetoCost } from "@/generated/graphql";
import { ChartBox, grid, margin, xAxis, yAxis } from "@/ui/chart";
import { PointDot, WithTips } from "@/ui/chart-points";
import { scoreTicks } from "@/ui/score-ticks";
import { evenTicks } from "@/ui/ticks";
import { costs, type ParetoPoint } from "./pareto-points";

/** Draws score over cost: a dot for each architecture that opens its page, and the front as a step line. */
export default function ParetoChart(props: { points: readonly ParetoPoint[]; x: ParetoCost }) {
  const { x } = props;
  const router = useRouter();
  const points = props.points
    .toSorted((a, b) => a.cost - b.cost || a.score - b.score)
    .map((point, order) => ({ ...point, order }));
  const front = points.filter(({ onFront }) => onFront);
  const scores = scoreTicks(points.map(({ score }) => score));
  const cheapest = points[0]?.cost ?? 0;
  const ticks = evenTicks(cheapest, points.at(-1)?.cost ?? cheapest + 1);
  return (
    <WithTips>
      <ChartBox height="h-72 sm:h-80" label={`Score over ${costs[x].label}`}>
        <ComposedChart accessibilityLayer={false} data={front} margin={margin}>
          <CartesianGrid {...grid} />
          <XAxis
            {...xAxis(costs[x].label)}
            dataKey="cost"
            type="number"
            ticks={ticks}
            domain={[ticks[0] ?? 0, ticks.at(-1) ?? 1]}
            allowDuplicatedCategory={false}
            padding={{ left: 12, right: 12 }}
            tickFormatter={costs[x].format}
            minTickGap={16}
          />
          <YAxis
            {...yAxis("Score")}
            ticks={scores}
            domain={[scores[0] ?? 0, scores.at(-1) ?? 100]}
          />
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
            data={points}
            dataKey="score"
            isAnimationActive={false}
            shape={<Dot x={x} onOpen={(id) => router.push(`/architectures/${id}`)} />}
          />
        </ComposedChart>
      </ChartBox>
    </WithTips>
  );
}

/** Draws one point; recharts adds its place and its data to the element that is given as `shape`. */
function Dot(props: {
  cx?: number;
  cy?: number;
  payload?: ParetoPoint & { order: number };
  x: ParetoCost;
  onOpen: (id: string) => void;
}) {
  const { cx, cy, payload, x, onOpen } = props;
  if (cx === undefined || cy === undefined || !payload) return null;
  const { id, name, score, cost, isReference, onFront, order } = payload;
  const { label, format } = costs[x];
  return (
    <PointDot
      {...{ cx, cy }}
      r={onFront || isReference ? 5 : 4}
      index={order}
      fill={isReference ? "var(--warn)" : "var(--accent)"}
      fillOpacity={onFront || isReference ? 1 : 0.38}
      stroke={onFront ? "var(--ink)" : "none"}
      content={{ title: name, note: `${scoreText(score)}, ${label.toLowerCase()} ${format(cost)}` }}
      onOpen={() => onOpen(id)}
    />
  );
}
