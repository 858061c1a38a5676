import { stream } from "../random.js";
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

/**
 * The children of the best: of each of the top `parents` candidates, `childrenPerParent`; or, with
 * tournaments, as many, each of the best of a few drawn anew (Real et al. 2019).
 */
export function evolve<A>(
  history: readonly Candidate<A>[],
  generation: number,
  choose: Chooser,
  context: SearchContext<A>,
  screening?: Screening<A>,
): Proposal<A>[] {
  const { population, generations, survivors } = context.settings;
  const evaluated = orderedHistory(history);
  if (generation > generations) return [];
  const alive = survivors === "youngest" ? evaluated.slice(-population) : evaluated;
  const known = evaluated.map(({ key }) => key);
  const parents = parentsAmong(alive, generation, context);
  return mutateNew(parents, generation, known, choose, context, screening);
}

/** The parent of each child of a generation. */
function parentsAmong<A>(
  alive: readonly Candidate<A>[],
  generation: number,
  { settings, seed }: SearchContext<A>,
): Candidate<A>[] {
  const { parents, childrenPerParent, tournament } = settings;
  if (tournament === null) {
    return best(alive, parents).flatMap((parent) =>
      Array.from({ length: childrenPerParent }, () => parent),
    );
  }
  return Array.from({ length: parents * childrenPerParent }, (_, index) => {
    const random = stream(seed, `tournament for generation ${generation}`, index);
    return best(random.shuffle(alive).slice(0, tournament), 1);
  }).flat();
}

/** The best of the candidates, best first; of equals the earlier comes first. */
export function best<A>(candidates: readonly Candidate<A>[], count: number): Candidate<A>[] {
  return [...candidates].sort((a, b) => b.score - a.score).slice(0, count);
}
