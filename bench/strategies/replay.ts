import { strategies, type Candidate, type SearchContext, type StrategyName } from "@opnas/core";
import { item } from "../common/items.ts";

/**
 * Runs one search over recorded scores.
 *
 * @param scoreOf architecture → score
 * @param evaluations where to stop
 * @returns what it evaluated, in order, with the scores it saw
 */
export function replay<A>(
  name: StrategyName,
  context: SearchContext<A>,
  scoreOf: (architecture: A) => number,
  evaluations: number,
): Candidate<A>[] {
  const strategy = strategies[name];
  const history: Candidate<A>[] = [];
  for (let generation = 0; history.length < evaluations; generation++) {
    const { children } =
      generation === 0 ? strategy.initial(context) : strategy.next(history, generation, context);
    if (children.length === 0) break;
    for (const [index, { architecture, key }] of children.entries()) {
      history.push({ architecture, key, score: scoreOf(architecture), generation, index });
    }
  }
  return history.slice(0, evaluations);
}

/**
 * Returns what the search's choice is worth after each evaluation.
 *
 * @param worthOf architecture → score, by default the one that the search saw
 */
export function bestSoFar<A>(
  history: readonly Candidate<A>[],
  worthOf?: (architecture: A) => number,
): number[] {
  let best = item(history, 0);
  return history.map((candidate) => {
    if (candidate.score > best.score) best = candidate;
    return worthOf ? worthOf(best.architecture) : best.score;
  });
}

/** Returns the evaluations until a score of at least `target`; Infinity if it never came. */
export function evaluationsTo(target: number, scores: readonly number[]): number {
  const at = scores.findIndex((score) => score >= target);
  return at < 0 ? Infinity : at + 1;
}
