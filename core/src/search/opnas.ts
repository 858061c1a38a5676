import { stream } from "../random.js";
import { initialPopulation, population, selectParents, topK } from "./evolution.js";
import { evolveByPriority, prioritiesOf } from "./opnasPaper.js";
import { newMutations, sampleNew, type ChooserOf } from "./propose.js";
import { upperConfidenceBound } from "./screening.js";
import { chooseUniformly } from "./searchSpace.js";
import { spreadPopulation } from "./spreadSample.js";
import {
  childCount,
  orderedHistory,
  type Candidate,
  type Generation,
  type Proposal,
  type SearchContext,
  type Strategy,
} from "./strategy.js";
import { pickByImprovement } from "./surrogate/expectedImprovement.js";

/**
 * Operation-priority evolution (docs/paper.md §3) whose mutations are screened, which the paper does
 * not do: `screening.draws` of them are made for each child, and only the most promising are
 * evaluated. A surrogate model of the score says which: a Gaussian process over the mutations of
 * all parents together (decision 0021), or a linear model over those of each parent (decision 0015).
 */
export const opnas: Strategy = {
  initial(context) {
    const { surrogate, draws, spread } = context.settings.screening;
    const isSpread = surrogate === "gaussian-process" && draws > 1 && spread > 1;
    if (!isSpread) return initialPopulation(context);
    return { children: spreadPopulation(context), priorities: [] };
  },

  next(history, generation, context) {
    const evaluated = orderedHistory(history);
    const { surrogate, draws, alpha } = context.settings.screening;
    if (draws === 1) return evolveByPriority(evaluated, generation, context);
    if (surrogate === "gaussian-process") return proposeFromPool(evaluated, generation, context);
    const bound = upperConfidenceBound(evaluated, context.space, alpha);
    return evolveByPriority(evaluated, generation, context, { draws, bound });
  },
};

/** Parents whose mutations are pooled at least, however small a generation is. */
const leastPooled = 6;

/** Parents without a new neighbour that are replaced by the next best, before the pool stays small. */
const mostExhausted = 16;

/** Proposes the most promising mutations of all parents, one after the other. */
function proposeFromPool<A>(
  evaluated: readonly Candidate<A>[],
  generation: number,
  context: SearchContext<A>,
): Generation<A> {
  const { priorities, choose } = prioritiesOf(evaluated, context);
  if (generation > context.settings.generations) return { children: [], priorities };
  const pool = mutationPool(evaluated, generation, context, (mutation) =>
    mutation % 2 === 0 ? choose : chooseUniformly,
  );
  const count = childCount(context);
  const picked = pickByImprovement(pool, count, evaluated, context.space, context.pending);
  const known = [...evaluated, ...picked].map(({ key }) => key);
  const sampled = sampleNew(count - picked.length, generation, known, context);
  return { children: [...picked, ...sampled], priorities };
}

/**
 * Makes the new mutations of all parents, and of the next best ones where parents are fewer than six
 * or have none.
 */
function mutationPool<A>(
  evaluated: readonly Candidate<A>[],
  generation: number,
  context: SearchContext<A>,
  chooserOf: ChooserOf,
): Proposal<A>[] {
  const { seed, settings } = context;
  const known = new Set(evaluated.map(({ key }) => key));
  const pool = new Map<string, Proposal<A>>();
  const members = population(evaluated, context);
  const selected = selectParents(members, generation, context);
  const pooled = Math.max(leastPooled, selected.length);
  const others = topK(members, pooled + mostExhausted).filter(
    (member) => !selected.includes(member),
  );
  let fruitful = 0;
  for (const [index, parent] of [...selected, ...others].entries()) {
    if (fruitful === pooled) break;
    const random = stream(seed, `mutation for generation ${generation}`, index);
    const { draws } = settings.screening;
    const mutations = newMutations(parent, draws, known, chooserOf, context, random);
    if (mutations.length > 0) fruitful++;
    for (const mutation of mutations) {
      if (!pool.has(mutation.key)) pool.set(mutation.key, mutation);
    }
  }
  return [...pool.values()];
}
