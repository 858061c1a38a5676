import { evolve, initialPopulation } from "./evolution.js";
import { chooseByPriority, operationPriorities } from "./priorities.js";
import { pointsOf } from "./scoreUnit.js";
import { promise } from "./screening.js";
import { orderedHistory, type Strategy } from "./strategy.js";

/**
 * Operation-priority evolution (paper §3): evolution whose mutations draw operations and kernel
 * sizes by upper confidence bounds on the score of what held them in that place before. With
 * `screening.draws` above 1 each child is the most promising of so many mutations.
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
    const unit = pointsOf(
      settings.scoreUnit,
      samples.map(({ score }) => score),
    );
    const ucb = { alpha: settings.ucb.alpha * unit, temperature: settings.ucb.temperature * unit };
    const priorities = operationPriorities(samples, space.operations, ucb);
    const choose = chooseByPriority(priorities, ucb);
    const { draws, alpha } = settings.screening;
    const screening = draws > 1 ? { draws, promise: promise(evaluated, space, alpha) } : undefined;
    return { children: evolve(evaluated, generation, choose, context, screening), priorities };
  },
};
