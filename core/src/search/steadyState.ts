import { evaluatorOf, type Evaluated, type Evaluation, type SearchEnd } from "./evaluateAll.js";
import type { Proposal, SearchContext, Strategy } from "./strategy.js";

/** A search in steady state. */
export interface SteadySearch<A> {
  strategy: Strategy;
  context: SearchContext<A>;
  /** The most evaluations. */
  evaluations: number;
  /** Proposals that may lack a score when the next is made, itself counted; from 1. */
  inFlight: number;
  evaluation: Evaluation<A>;
  /** Scores of an earlier search by key. */
  known: ReadonlyMap<string, number>;
}

/**
 * Searches with one proposal at a time instead of generations: no slot waits for the slowest of a
 * generation. The proposal of number k is made when all up to k − `inFlight` have their scores, and
 * from these alone, whatever else is known by then; those between are pending. So the same seed and
 * `inFlight` give the same search, however many evaluations run at once and which end first.
 *
 * @throws what `evaluate` throws first, after the evaluations beside it have ended
 */
export async function searchSteadily<A>(
  search: SteadySearch<A>,
): Promise<{ candidates: Evaluated<A>[]; ended: SearchEnd }> {
  const { strategy, context, evaluations, inFlight, known, evaluation } = search;
  const evaluator = evaluatorOf(known, evaluation);
  const results: Promise<Evaluated<A> | undefined>[] = [];
  const running = new Set<Promise<unknown>>();
  const first = strategy.initial(context).children.slice(0, evaluations);
  const proposals: Proposal<A>[] = [];
  const history: Evaluated<A>[] = [];
  /** Waits for the scores of the first so many proposals; returns false where one has none. */
  const see = async (count: number) => {
    while (history.length < count) {
      const candidate = await results[history.length];
      if (!candidate) return false;
      history.push(candidate);
    }
    return !evaluator.ended.aborted;
  };
  let ended: SearchEnd = first.length === 0 ? "exhausted" : "budget";

  for (let at = 0; ended === "budget" && at < evaluations; at++) {
    const generation = Math.max(0, at - first.length + 1);
    let proposal = first[at];
    if (generation > 0) {
      const seen = Math.max(1, at - inFlight + 1);
      if (!(await see(seen))) break;
      const view = { ...context, pending: proposals.slice(seen) };
      [proposal] = strategy.next(history, generation, view).children;
    }
    while (running.size >= evaluation.concurrency) await Promise.race(running);
    if (evaluator.ended.aborted) break;
    if (proposal) {
      proposals.push(proposal);
      const result = evaluator.evaluate(proposal, generation, generation > 0 ? 0 : at);
      results.push(result);
      running.add(result);
      void result.then(() => running.delete(result));
    } else {
      ended = "exhausted";
    }
  }
  const candidates = (await Promise.all(results)).filter((one) => one !== undefined);
  evaluator.throwFailure();
  return { candidates, ended: evaluator.ended.aborted ? "stopped" : ended };
}
