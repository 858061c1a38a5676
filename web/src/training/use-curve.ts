"use client";

import { useSubscription } from "urql";
import { type CurvePoint, trainingCurve } from "./queries";

const none: readonly CurvePoint[] = [];

/** A training's loss curve: what is stored, then what is added, also over a lost connection. */
export function useCurve(trainingId: string): readonly CurvePoint[] {
  const [{ data }] = useSubscription(
    { query: trainingCurve, variables: { trainingId, after: 0 } },
    (points: readonly CurvePoint[] | undefined, { trainingMetrics }) => [
      ...(points ?? none),
      ...trainingMetrics,
    ],
  );
  return data ?? none;
}
