import { strategies } from "@opnas/core";

/**
 * One search over recorded scores: the scores in the order of their evaluation.
 *
 * @param scoreOf architecture → score
 * @param evaluations where to stop
 */
export function replay(name, context, scoreOf, evaluations) {
  const strategy = strategies[name];
  const history = [];
  for (let generation = 0; history.length < evaluations; generation++) {
    const { children } =
      generation === 0 ? strategy.initial(context) : strategy.next(history, generation, context);
    if (children.length === 0) break;
    for (const [index, { architecture, key }] of children.entries()) {
      history.push({ architecture, key, score: scoreOf(architecture), generation, index });
    }
  }
  return history.slice(0, evaluations).map(({ score }) => score);
}

/** Best score after each evaluation. */
export function bestSoFar(scores) {
  let best = -Infinity;
  return scores.map((score) => (best = Math.max(best, score)));
}

/** Evaluations until a score of at least `target`; Infinity if it never came. */
export function evaluationsTo(target, scores) {
  const at = scores.findIndex((score) => score >= target);
  return at < 0 ? Infinity : at + 1;
}
