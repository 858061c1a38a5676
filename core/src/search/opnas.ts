import { evolve, initialPopulation } from "./evolution.js";
import { chooseByPriority, operationPriorities } from "./priorities.js";
import { scoreScale } from "./scoreScale.js";
import { upperConfidenceBound } from "./screening.js";
import { orderedHistory, type Strategy } from "./strategy.js";

/**
 * Operation-priority evolution (docs/paper.md §3): evolution whose mutations sample operations and
 * kernel sizes by upper confidence bounds on the scores of earlier architectures with them in that
 * place. With `screening.draws` above 1 each child is the best of so many mutations by another such
 * bound (screening.ts), which the paper does not have.
 */
export const opnas: Strategy = {
  initial: initialPopulation,

  next(history, generation, context) {
    const { space, settings } = context;
    const evaluated = orderedHistory(history);
    const samples = evaluated.map(({ architecture, score }) => ({
      score,
      features: space.features(architecture),
    }));
    const scale = scoreScale(
      settings.scoreUnit,
      samples.map(({ score }) => score),
    );
    const ucb = {
      alpha: settings.ucb.alpha * scale,
      temperature: settings.ucb.temperature * scale,
    };
    const priorities = operationPriorities(samples, space.operations, ucb);
    const choose = chooseByPriority(priorities, ucb);
    const { draws, alpha } = settings.screening;
    const screening =
      draws > 1 ? { draws, bound: upperConfidenceBound(evaluated, space, alpha) } : undefined;
    return { children: evolve(evaluated, generation, choose, context, screening), priorities };
  },
};
