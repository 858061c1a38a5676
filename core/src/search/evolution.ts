import { mutateNew, sampleNew, type Screening } from "./propose.js";
import { chooseUniformly, type Chooser } from "./searchSpace.js";
import {
  orderedHistory,
  type Candidate,
  type Generation,
  type Proposal,
  type SearchContext,
  type Strategy,
} from "./strategy.js";

/** Plain evolution: OP-NAS without operation priorities, every operation equally likely. */
export const evolution: Strategy = {
  initial: initialPopulation,

  next(history, generation, context) {
    return { children: evolve(history, generation, chooseUniformly, context), priorities: [] };
  },
};

/** Generation 0: a sampled population. */
export function initialPopulation<A>(context: SearchContext<A>): Generation<A> {
  return { children: sampleNew(context.settings.population, 0, [], context), priorities: [] };
}

/** The children of the best: of each of the top `parents` candidates, `childrenPerParent`. */
export function evolve<A>(
  history: readonly Candidate<A>[],
  generation: number,
  choose: Chooser,
  context: SearchContext<A>,
  screening?: Screening<A>,
): Proposal<A>[] {
  const { population, parents, generations } = context.settings;
  const evaluated = orderedHistory(history);
  if (generation > generations) return [];
  const survivors = best(evaluated, population);
  const known = evaluated.map(({ key }) => key);
  return mutateNew(survivors.slice(0, parents), generation, known, choose, context, screening);
}

/**
 * The population: the best of all candidates ever evaluated, best first. Nobody dies of age, for a
 * score does not change: the same seed gives an architecture the same score. Of equals the earlier
 * comes first.
 */
export function best<A>(evaluated: readonly Candidate<A>[], population: number): Candidate<A>[] {
  return [...evaluated].sort((a, b) => b.score - a.score).slice(0, population);
}
