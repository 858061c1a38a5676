"use client";

import { Area, AreaChart, CartesianGrid, ResponsiveContainer, XAxis, YAxis } from "recharts";
import type { LossPoint } from "./event-log";
import { axis } from "./axis";

/** Loss over the steps, on an axis that already reaches to the last step. */
export default function LossChart(props: { points: readonly LossPoint[]; steps: number }) {
  return (
    <div className="h-72 sm:h-80" aria-hidden>
      <ResponsiveContainer width="100%" height="100%">
        <AreaChart
          accessibilityLayer={false}
          data={[...props.points]}
          margin={{ top: 8, right: 16, bottom: 4, left: -12 }}
        >
          <CartesianGrid stroke="var(--line)" vertical={false} />
          <XAxis
            {...axis}
            dataKey="step"
            type="number"
            domain={[0, Math.max(1, props.steps)]}
            tickLine={false}
          />
          <YAxis {...axis} domain={["auto", "auto"]} axisLine={false} tickLine={false} width={48} />
          <Area
            dataKey="loss"
            stroke="var(--accent)"
            strokeWidth={2}
            fill="var(--accent)"
            fillOpacity={0.1}
            isAnimationActive={false}
          />
        </AreaChart>
      </ResponsiveContainer>
    </div>
  );
}
