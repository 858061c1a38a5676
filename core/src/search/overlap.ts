import type { StrategySettings } from "./strategy.js";

/** The settings that say when a generation may be proposed. */
export type OverlapSettings = Pick<
  StrategySettings,
  "inFlight" | "parents" | "childrenPerParent" | "generations"
>;

/**
 * The number of generations, from the first on, whose scores a generation is proposed from: it may
 * be proposed when all of these are evaluated, and not before, whatever else is known by then.
 *
 * Without `inFlight` these are all before it. With it, so many of the latest are left out that with
 * the new one they have at most `inFlight` candidates. The first population never is: nothing could be
 * learnt from a part of it.
 *
 * @param index of the generation; one after the last asks whether the search has ended, for which all
 *   are needed
 */
export function generationsSeen(index: number, settings: OverlapSettings): number {
  const { inFlight, parents, childrenPerParent, generations } = settings;
  if (inFlight === null || index > generations) return index;
  const unseen = Math.max(0, Math.floor(inFlight / (parents * childrenPerParent)) - 1);
  return Math.min(index, Math.max(1, index - unseen));
}
