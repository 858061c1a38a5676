import { strategies } from "@opnas/core";

/**
 * One search over recorded scores: what it evaluated, in order, with the scores it saw.
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
  return history.slice(0, evaluations);
}

/**
 * What the search's choice is worth after each evaluation.
 *
 * @param worthOf architecture → score, by default the one that the search saw
 */
export function bestSoFar(history, worthOf) {
  let best = history[0];
  return history.map((candidate) => {
    if (candidate.score > best.score) best = candidate;
    return worthOf ? worthOf(best.architecture) : best.score;
  });
}

/** Evaluations until a score of at least `target`; Infinity if it never came. */
export function evaluationsTo(target, scores) {
  const at = scores.findIndex((score) => score >= target);
  return at < 0 ? Infinity : at + 1;
}
