"use client";

import { CartesianGrid, Line, LineChart, ResponsiveContainer, XAxis, YAxis } from "recharts";
import { axis } from "@/run/axis";
import type { CurvePoint } from "./queries";

/** Both losses over the steps, on an axis that already reaches to the last step. */
export default function CurveChart(props: { points: readonly CurvePoint[]; steps: number }) {
  return (
    <div className="h-44" aria-hidden>
      <ResponsiveContainer width="100%" height="100%">
        <LineChart
          accessibilityLayer={false}
          data={[...props.points]}
          margin={{ top: 8, right: 8, bottom: 0, left: -16 }}
        >
          <CartesianGrid stroke="var(--line)" vertical={false} />
          <XAxis
            {...axis}
            dataKey="step"
            type="number"
            domain={[0, props.steps]}
            tickLine={false}
          />
          <YAxis {...axis} domain={[0, "auto"]} axisLine={false} tickLine={false} width={48} />
          <Line {...line} dataKey="maskedLoss" stroke="var(--accent)" />
          <Line {...line} dataKey="nextSentenceLoss" stroke="var(--muted)" />
        </LineChart>
      </ResponsiveContainer>
    </div>
  );
}

const line = { dot: false, strokeWidth: 1.5, isAnimationActive: false } as const;
