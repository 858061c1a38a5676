import { evolve, initialPopulation } from "./evolution.js";
import {
  chooseByPriority,
  operationPriorities,
  type OperationPriority,
  type Sample,
} from "./priorities.js";
import type { Screening } from "./propose.js";
import { scoreScale } from "./scoreScale.js";
import type { Chooser, SearchSpace } from "./searchSpace.js";
import {
  orderedHistory,
  type Candidate,
  type Generation,
  type SearchContext,
  type Strategy,
} from "./strategy.js";

/**
 * Operation-priority evolution as in the paper (docs/paper.md §3): evolution whose mutations sample
 * operations and kernel sizes by upper confidence bounds on the scores of earlier architectures with
 * them in that place. It does not screen, whatever the settings of screening are.
 */
export const opnasPaper: Strategy = {
  initial: initialPopulation,
  next: (history, generation, context) =>
    evolveByPriority(orderedHistory(history), generation, context),
};

/**
 * Makes the children of a generation by mutations that operation priorities guide.
 *
 * @param evaluated a sorted history
 */
export function evolveByPriority<A>(
  evaluated: readonly Candidate<A>[],
  generation: number,
  context: SearchContext<A>,
  screening?: Screening<A>,
): Generation<A> {
  const { priorities, choose } = prioritiesOf(evaluated, context);
  return { children: evolve(evaluated, generation, choose, context, screening), priorities };
}

/** Computes the operation priorities of a history, and a chooser that samples by them. */
export function prioritiesOf<A>(
  evaluated: readonly Candidate<A>[],
  { space, settings }: SearchContext<A>,
): { priorities: OperationPriority[]; choose: Chooser } {
  const scale = scoreScale(
    settings.scoreUnit,
    evaluated.map(({ score }) => score),
  );
  const ucb = { alpha: settings.ucb.alpha * scale, temperature: settings.ucb.temperature * scale };
  const priorities = operationPriorities(samplesOf(evaluated, space), space.operations, ucb);
  return { priorities, choose: chooseByPriority(priorities, ucb) };
}

/** Lists features one architecture after the other: those of all at once are a lot of memory. */
function* samplesOf<A>(
  evaluated: readonly Candidate<A>[],
  space: SearchSpace<A>,
): Generator<Sample> {
  for (const { architecture, score } of evaluated) {
    yield { score, features: space.features(architecture) };
  }
}
