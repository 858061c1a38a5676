import { evolve, initialPopulation } from "./evolution.js";
import { chooseByPriority, operationPriorities } from "./priorities.js";
import { orderedHistory, type Strategy } from "./strategy.js";

/**
 * Operation-priority evolution (paper §3): evolution whose mutations draw operations and kernel
 * sizes by upper confidence bounds on the score of what held them in that place before.
 */
export const opnas: Strategy = {
  initial: initialPopulation,

  next(history, generation, context) {
    const { space, settings } = context;
    const samples = orderedHistory(history).map(({ architecture, score }) => ({
      score,
      features: space.features(architecture),
    }));
    const priorities = operationPriorities(samples, space.operations, settings.ucb);
    const choose = chooseByPriority(priorities, settings.ucb);
    return { children: evolve(history, generation, choose, context), priorities };
  },
};
