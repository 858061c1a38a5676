import type { Candidate } from "@/architecture/fragments";
import { compact, multiple } from "@/format/number";
import type { ParetoCost } from "@/generated/graphql";

export interface ParetoPoint {
  id: string;
  name: string;
  cost: number;
  score: number;
  isReference: boolean;
  onFront: boolean;
}

/** The costs of an architecture: label, value and format. */
export const costs = {
  PARAMS: { label: "Parameters", of: (row: Candidate) => row.params, format: compact },
  FLOPS: { label: "FLOPs", of: (row: Candidate) => row.flops, format: compact },
  STEP_TIME: {
    label: "Time of a step beside BERT",
    of: (row: Candidate) => row.stepRatio,
    format: multiple,
  },
} as const satisfies Record<
  ParetoCost,
  {
    label: string;
    of: (row: Candidate) => number | null;
    format: (value: number | null) => string;
  }
>;
export const costNames = ["PARAMS", "FLOPS", "STEP_TIME"] as const;

/**
 * Returns rows and front as points, each architecture once; rows without a score or a cost are left
 * out.
 */
export function paretoPoints(
  rows: readonly Candidate[],
  front: readonly Candidate[],
  x: ParetoCost,
): ParetoPoint[] {
  const first = new Set(front.map(({ id }) => id));
  const others = rows.filter(({ id }) => !first.has(id));
  return [...others, ...front].flatMap((row) => {
    const cost = costs[x].of(row);
    if (cost === null || row.score === null) return [];
    const { id, name, score } = row;
    return [{ id, name, cost, score, isReference: row.reference !== null, onFront: first.has(id) }];
  });
}
