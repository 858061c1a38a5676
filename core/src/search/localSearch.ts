import { stream } from "../random.js";
import { initialPopulation, topK } from "./evolution.js";
import { newMutations, sampleNew } from "./propose.js";
import { chooseUniformly } from "./searchSpace.js";
import { childCount, orderedHistory, type Proposal, type Strategy } from "./strategy.js";

/** Candidates whose neighbours are looked for in a generation before it is sampled afresh. */
const mostCenters = 64;

/**
 * Local search by first improvement (White et al. 2021): neighbours of the best candidate are
 * evaluated in random order, and the first better one takes its place. Where all its neighbours are
 * known, the search goes on from the next best candidate.
 */
export const localSearch: Strategy = {
  initial: initialPopulation,

  next(history, generation, context) {
    const evaluated = orderedHistory(history);
    if (generation > context.settings.generations) return { children: [], priorities: [] };
    const count = childCount(context);
    const taken = new Set(evaluated.map(({ key }) => key));
    const random = stream(context.seed, `neighbours for generation ${generation}`);
    const children: Proposal<(typeof evaluated)[number]["architecture"]>[] = [];
    for (const center of topK(evaluated, mostCenters)) {
      const wanted = count - children.length;
      if (wanted === 0) break;
      const found = newMutations(center, wanted, taken, () => chooseUniformly, context, random);
      for (const { key } of found) taken.add(key);
      children.push(...found);
    }
    const sampled = sampleNew(count - children.length, generation, taken, context);
    return { children: [...children, ...sampled], priorities: [] };
  },
};
