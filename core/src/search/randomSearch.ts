import { initialPopulation } from "./evolution.js";
import { sampleNew } from "./propose.js";
import { childCount, orderedHistory, type Strategy } from "./strategy.js";

/** Random search under the budget of the other strategies: every generation is sampled afresh. */
export const randomSearch: Strategy = {
  initial: initialPopulation,

  next(history, generation, context) {
    const { generations } = context.settings;
    const known = orderedHistory(history).map(({ key }) => key);
    const count = generation > generations ? 0 : childCount(context);
    return { children: sampleNew(count, generation, known, context), priorities: [] };
  },
};
