import { sampleNew } from "./propose.js";
import type { Proposal, SearchContext } from "./strategy.js";
import { featureCounter, unlikenessTo } from "./surrogate/kernel.js";

/**
 * Samples an initial population that is spread over the space: of `screening.spread` samples for each
 * candidate the first one, then always the one that is least like those taken before (greedy maximin
 * design). So a small population shows each operation somewhere.
 *
 * @returns as many as the population, fewer where the space has fewer
 */
export function spreadPopulation<A>(context: SearchContext<A>): Proposal<A>[] {
  const { population, screening } = context.settings;
  const samples = sampleNew(population * screening.spread, 0, [], context);
  const count = featureCounter(context.space);
  const features = samples.map(({ architecture }) => count(architecture));
  const left = new Set(samples.keys());
  const nearest = samples.map(() => Infinity);
  const taken: Proposal<A>[] = [];
  while (taken.length < population && left.size > 0) {
    // Of equally unlike ones the earlier sample.
    const [next = 0] = [...left].sort((a, b) => (nearest[b] ?? 0) - (nearest[a] ?? 0) || a - b);
    left.delete(next);
    const own = features[next];
    const unlikeness = own ? unlikenessTo(own) : () => 0;
    for (const other of left) {
      const its = features[other];
      if (its) nearest[other] = Math.min(nearest[other] ?? 0, unlikeness(its));
    }
    taken.push(...samples.slice(next, next + 1));
  }
  return taken;
}
