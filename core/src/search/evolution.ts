import { stream } from "../random.js";
import { mutateNew, sampleNew, type Screening } from "./propose.js";
import { chooseUniformly, type Chooser } from "./searchSpace.js";
import {
  childCount,
  orderedHistory,
  type Candidate,
  type Generation,
  type Proposal,
  type SearchContext,
  type Strategy,
} from "./strategy.js";

/** Plain evolution: mutations whose operations are all equally likely. */
export const evolution: Strategy = {
  initial: initialPopulation,

  next(history, generation, context) {
    return { children: evolve(history, generation, chooseUniformly, context), priorities: [] };
  },
};

/** Samples the initial population, generation 0. */
export function initialPopulation<A>(context: SearchContext<A>): Generation<A> {
  return { children: sampleNew(context.settings.population, 0, [], context), priorities: [] };
}

/**
 * Makes the children of a generation: `childrenPerParent` of each of the top `parents` candidates,
 * or, with tournaments, as many, each of the winner of its own tournament (Real et al. 2019).
 */
export function evolve<A>(
  history: readonly Candidate<A>[],
  generation: number,
  choose: Chooser,
  context: SearchContext<A>,
  screening?: Screening<A>,
): Proposal<A>[] {
  const evaluated = orderedHistory(history);
  if (generation > context.settings.generations) return [];
  const known = evaluated.map(({ key }) => key);
  const parents = selectParents(population(evaluated, context), generation, context);
  return mutateNew(parents, generation, known, choose, context, screening);
}

/**
 * Returns the candidates of a sorted history that parents are selected from: the youngest, or all, of which
 * `selectParents` takes the best.
 */
export function population<A>(
  evaluated: readonly Candidate<A>[],
  { settings }: SearchContext<A>,
): readonly Candidate<A>[] {
  return settings.survivors === "youngest" ? evaluated.slice(-settings.population) : evaluated;
}

/**
 * Selects the parent of each child of a generation: the best of the members, or the winners of tournaments
 * among the population.
 */
export function selectParents<A>(
  members: readonly Candidate<A>[],
  generation: number,
  context: SearchContext<A>,
): Candidate<A>[] {
  const { seed } = context;
  const { parents, childrenPerParent, tournament } = context.settings;
  if (tournament === null) {
    return topK(members, parents).flatMap((parent) =>
      Array.from({ length: childrenPerParent }, () => parent),
    );
  }
  const { survivors, population } = context.settings;
  const living = survivors === "best" ? topK(members, population) : members;
  return Array.from({ length: childCount(context) }, (_, index) => {
    const random = stream(seed, `tournament for generation ${generation}`, index);
    return topK(random.shuffle(living).slice(0, tournament), 1);
  }).flat();
}

/** Returns the `count` candidates with the highest scores, highest first; of equals the earlier first. */
export function topK<T extends { score: number }>(candidates: readonly T[], count: number): T[] {
  return [...candidates].sort((a, b) => b.score - a.score).slice(0, count);
}
