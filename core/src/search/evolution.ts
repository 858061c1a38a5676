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
  const { population, parents, generations, survivors } = context.settings;
  const evaluated = orderedHistory(history);
  if (generation > generations) return [];
  const alive = survivors === "youngest" ? evaluated.slice(-population) : evaluated;
  const known = evaluated.map(({ key }) => key);
  return mutateNew(best(alive, parents), generation, known, choose, context, screening);
}

/** The best of the candidates, best first; of equals the earlier comes first. */
export function best<A>(candidates: readonly Candidate<A>[], count: number): Candidate<A>[] {
  return [...candidates].sort((a, b) => b.score - a.score).slice(0, count);
}
