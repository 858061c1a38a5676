import type { Random } from "@opnas/core";

/** The plan of a round: bursts of faults that strike side by side, each after a pause. */
export type Plan = { afterSeconds: number; kinds: string[] }[];

/** Makes a plan of faults of these kinds. */
export type Planner = (random: Random, kinds: readonly string[]) => Plan;

/** Draws a plan of one to three bursts of one or two faults. */
export const drawPlan: Planner = (random, kinds) =>
  Array.from({ length: 1 + random.int(3) }, () => ({
    afterSeconds: 0.2 + 3 * random.next(),
    kinds: Array.from({ length: 1 + random.int(2) }, () => random.pick(kinds)),
  }));

/** Returns the plan in which one fault strikes within the super-net and again among the candidates. */
export function twice(kind: string): Plan {
  return [
    { afterSeconds: 1.5, kinds: [kind] },
    { afterSeconds: 2, kinds: [kind] },
  ];
}
