"use client";

import { useRouter } from "next/navigation";
import { CartesianGrid, ComposedChart, Line, Scatter, Tooltip, XAxis, YAxis } from "recharts";
import { ChartBox, grid, xAxis, yAxis } from "@/ui/chart";
import { scoreTicks } from "@/ui/score-ticks";
import { candidatePoints, lastGeneration } from "./candidate-points";
import { GenerationTooltip } from "./generation-tooltip";
import type { GenerationWithCandidates } from "@/run/queries";

/** Draws best so far, best and mean of each generation over a scatter plot of its candidates. */
export default function GenerationChart(props: {
  generations: readonly GenerationWithCandidates[];
  settings: unknown;
}) {
  const router = useRouter();
  const points = candidatePoints(props.generations);
  const lines = props.generations
    .toSorted((a, b) => a.index - b.index)
    .map((generation) => ({ ...generation, x: generation.index }));
  const last = lastGeneration(props.settings, lines.at(-1)?.index ?? 0);
  const ticks = scoreTicks(points.map(({ score }) => score));
  return (
    <ChartBox height="h-72 sm:h-80">
      <ComposedChart
        accessibilityLayer={false}
        data={lines}
        margin={{ top: 8, right: 8, bottom: 4, left: -12 }}
      >
        <CartesianGrid {...grid} />
        <XAxis
          {...xAxis}
          dataKey="x"
          type="number"
          domain={[-0.4, last + 0.4]}
          ticks={Array.from({ length: last + 1 }, (_, index) => index)}
          interval="preserveStartEnd"
        />
        <YAxis {...yAxis} ticks={ticks} domain={[ticks[0] ?? 0, ticks.at(-1) ?? 100]} />
        <Tooltip
          content={<GenerationTooltip />}
          cursor={{ stroke: "var(--line-strong)" }}
          isAnimationActive={false}
        />
        {/* Without points of its own a Scatter takes the chart's data: generations, which are no candidates. */}
        {points.length > 0 && (
          <Scatter
            data={points}
            dataKey="score"
            fill="var(--accent)"
            fillOpacity={0.38}
            isAnimationActive={false}
            shape={<Dot onOpen={(id) => router.push(`/architectures/${id}`)} />}
          />
        )}
        <Line {...line} dataKey="meanScore" stroke="var(--muted)" dot={dots("var(--muted)")} />
        <Line
          {...line}
          dataKey="bestScore"
          stroke="var(--accent)"
          strokeDasharray="4 4"
          dot={false}
        />
        <Line
          {...line}
          dataKey="bestScoreSoFar"
          stroke="var(--accent)"
          strokeWidth={2.5}
          dot={dots("var(--accent)")}
        />
      </ComposedChart>
    </ChartBox>
  );
}

const line = {
  type: "monotone",
  strokeWidth: 1.75,
  connectNulls: true,
  isAnimationActive: false,
} as const;

function dots(fill: string) {
  return { r: 3, strokeWidth: 0, fill };
}

/**
 * Draws one point; recharts adds the position and the data to the element that is given as `shape`.
 */
function Dot(props: {
  cx?: number;
  cy?: number;
  payload?: { id: string; name: string; score: number };
  onOpen: (id: string) => void;
}) {
  const { cx, cy, payload, onOpen } = props;
  if (cx === undefined || cy === undefined || !payload) return null;
  return (
    <circle
      cx={cx}
      cy={cy}
      r={4}
      fill="var(--accent)"
      fillOpacity={0.38}
      className="cursor-pointer hover:fill-ink"
      onClick={() => onOpen(payload.id)}
    >
      <title>{`${payload.name}: ${payload.score.toFixed(2)}`}</title>
    </circle>
  );
}
