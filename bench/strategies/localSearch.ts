import {
  chooseUniformly,
  strategies,
  stream,
  type Candidate,
  type Mutation,
  type SearchContext,
} from "@opnas/core";
import { item } from "../common/items.ts";

/** Mutations that are tried for a neighbour that was not evaluated; after that there is none. */
const attempts = 200;

/**
 * Runs local search by first improvement: it starts at the best of the initial population, evaluates
 * neighbours in random order, and moves to the first that is better. Where no neighbour is new, it
 * starts again at a random architecture (White et al. 2021 do after all neighbours were looked at).
 *
 * @returns what it evaluated, in order; the initial population is that of the other strategies
 */
export function localSearch<A>(
  context: SearchContext<A>,
  scoreOf: (architecture: A) => number,
  evaluations: number,
): Candidate<A>[] {
  const { space, seed } = context;
  const random = stream(seed, "local search");
  const history: Candidate<A>[] = [];
  const taken = new Set<string>();
  const evaluate = (architecture: A, generation: number, index: number) => {
    const key = space.key(architecture);
    const candidate = { architecture, key, score: scoreOf(architecture), generation, index };
    taken.add(key);
    history.push(candidate);
    return candidate;
  };
  const fresh = (propose: () => A) => {
    for (let attempt = 0; attempt < attempts; attempt++) {
      const architecture = propose();
      if (!taken.has(space.key(architecture))) return architecture;
    }
    return undefined;
  };

  const first = strategies.evolution.initial(context).children;
  for (const [index, { architecture }] of first.entries()) evaluate(architecture, 0, index);
  let current = history.reduce((a, b) => (b.score > a.score ? b : a), item(history, 0));
  for (let generation = 1; history.length < evaluations; generation++) {
    const mutate = (): Mutation<A> => space.mutate(current.architecture, chooseUniformly, random);
    const neighbour = fresh(() => mutate().architecture);
    const next = neighbour ?? fresh(() => space.sample(random));
    if (next === undefined) break;
    const candidate = evaluate(next, generation, 0);
    if (neighbour === undefined || candidate.score > current.score) current = candidate;
  }
  return history.slice(0, evaluations);
}
