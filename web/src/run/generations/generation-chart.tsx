"use client";

import { useRouter } from "next/navigation";
import { CartesianGrid, ComposedChart, Line, ReferenceArea, Scatter, XAxis, YAxis } from "recharts";
import { score } from "@/format/number";
import type { GenerationWithCandidates } from "@/run/queries";
import { ChartBox, grid, margin, xAxis, yAxis } from "@/ui/chart";
import { PointDot, type TipContent, useTips, WithTips } from "@/ui/chart-points";
import { scoreTicks } from "@/ui/score-ticks";
import { candidatePoints, lastGeneration, type Point } from "./candidate-points";

/** Draws best so far, best and mean of each generation over a scatter plot of its candidates. */
export default function GenerationChart(props: {
  generations: readonly GenerationWithCandidates[];
  settings: unknown;
}) {
  const router = useRouter();
  const points = candidatePoints(props.generations).map((point, order) => ({ ...point, order }));
  const lines = props.generations
    .toSorted((a, b) => a.index - b.index)
    .map((generation) => ({ ...generation, x: generation.index }));
  const last = lastGeneration(props.settings, lines.at(-1)?.index ?? 0);
  const ticks = scoreTicks(points.map((point) => point.score));
  return (
    <WithTips>
      <ChartBox height="h-72 sm:h-80" label="Scores by generation">
        <ComposedChart accessibilityLayer={false} data={lines} margin={margin}>
          <CartesianGrid {...grid} />
          <XAxis
            {...xAxis("Generation")}
            dataKey="x"
            type="number"
            domain={[-0.4, last + 0.4]}
            ticks={Array.from({ length: last + 1 }, (_, index) => index)}
            interval="preserveStartEnd"
          />
          <YAxis {...yAxis("Score")} ticks={ticks} domain={[ticks[0] ?? 0, ticks.at(-1) ?? 100]} />
          {lines.map((generation) => (
            <ReferenceArea
              key={generation.id}
              x1={generation.x - 0.4}
              x2={generation.x + 0.4}
              zIndex={0}
              shape={<Band generation={generation} />}
            />
          ))}
          {/* Without points of its own a Scatter takes the chart's data: generations, which are no candidates. */}
          {points.length > 0 && (
            <Scatter
              data={points}
              dataKey="score"
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
    </WithTips>
  );
}

/** Draws the place of one generation, which shows its figures; recharts adds the rectangle. */
function Band(props: {
  x?: number;
  y?: number;
  width?: number;
  height?: number;
  generation: GenerationWithCandidates;
}) {
  const { generation, ...place } = props;
  const tips = useTips();
  return (
    <rect
      x={place.x}
      y={place.y}
      width={place.width}
      height={place.height}
      fill="var(--sunken)"
      className="opacity-0 hover:opacity-60"
      onPointerEnter={({ currentTarget }) => tips.show(currentTarget, tipOf(generation))}
    />
  );
}

function tipOf(generation: GenerationWithCandidates): TipContent {
  const { index, evaluated, size, bestScoreSoFar, bestScore, meanScore } = generation;
  return {
    title: `Generation ${index}`,
    note: `${evaluated} of ${size} scored`,
    rows: [
      { label: "Best so far", value: score(bestScoreSoFar) },
      { label: "Best", value: score(bestScore) },
      { label: "Mean", value: score(meanScore) },
    ],
  };
}

const line = {
  type: "monotone",
  strokeWidth: 1.75,
  connectNulls: true,
  isAnimationActive: false,
  style: { pointerEvents: "none" },
} as const;

function dots(fill: string) {
  return { r: 3, strokeWidth: 0, fill, style: { pointerEvents: "none" } } as const;
}

/** Draws one point; recharts adds its place and its data to the element that is given as `shape`. */
function Dot(props: {
  cx?: number;
  cy?: number;
  payload?: Point & { order: number };
  onOpen: (id: string) => void;
}) {
  const { cx, cy, payload, onOpen } = props;
  if (cx === undefined || cy === undefined || !payload) return null;
  const { id, name, generation, order } = payload;
  return (
    <PointDot
      {...{ cx, cy }}
      r={4}
      index={order}
      fill="var(--accent)"
      fillOpacity={0.38}
      content={{ title: name, note: `${score(payload.score)}, generation ${generation}` }}
      onOpen={() => onOpen(id)}
    />
  );
}
