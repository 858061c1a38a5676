import { OpnasError } from "../errors.js";
import type { StrategyName } from "../settings/names.js";
import { evaluateAll, type Evaluate, type Evaluated, type SearchEnd } from "./evaluateAll.js";
import type { SearchSpace } from "./searchSpace.js";
import { searchSteadily } from "./steadyState.js";
import { strategies } from "./strategies.js";
import type { Candidate, Proposal, SearchContext, Strategy } from "./strategy.js";
import { strategySettings, type StrategyChanges } from "./strategySettings.js";

/** A search: its space and scores, and how long it goes on. */
export interface SearchOptions<A> {
  space: SearchSpace<A>;
  evaluate: Evaluate<A>;
  /** An integer; one seed gives one search, whatever `concurrency` is. */
  seed: number;
  /** The most evaluations. Without it `generations` is the budget; one of them has to be given. */
  evaluations?: number;
  /** The most generations after the initial population. */
  generations?: number;
  /** A strategy or its name; "opnas" by default. */
  strategy?: StrategyName | Strategy;
  /** Settings that differ from the usual ones (`strategySettings`), such as `{ population: 16 }`. */
  settings?: Omit<StrategyChanges, "generations">;
  /** Evaluations that may run at once, 1 by default; those of one generation do. */
  concurrency?: number;
  /**
   * Makes one proposal at a time, from the scores of all but the last so many minus one, instead of
   * whole generations (steady state). At least `concurrency`, so that all slots are busy; 1 uses every
   * score and needs the fewest evaluations. It is part of what a search is repeated by, as the seed is.
   * Every proposal after the first population is then a generation by itself. Not for the strategy
   * "reinforcement", which learns from whole generations.
   */
  inFlight?: number;
  /** Stops the search when it is aborted; what is evaluated by then is the result. */
  signal?: AbortSignal;
  /** Is called with each candidate, in order of evaluation, so that it can be stored. */
  onCandidate?: (candidate: Evaluated<A>) => void;
  /**
   * Candidates of an earlier search with the same seed, space and settings, in any order: they are
   * not evaluated again, and the search goes on as if it had never been interrupted.
   */
  history?: readonly Candidate<A>[];
}

/** The most generations that a search's settings allow. */
const mostGenerations = 10_000;

/** The candidates of a search. */
export interface SearchResult<A> {
  /** All candidates in the order of their proposal, those of the given history among them. */
  candidates: Evaluated<A>[];
  /** The candidate with the highest score, of equals the first; undefined if there is none. */
  best: Evaluated<A> | undefined;
  ended: SearchEnd;
}

/**
 * Searches a space: proposes generation after generation and evaluates them, until the budget is
 * spent. Proposals depend on the seed and the scores alone, so that the same seed gives the same
 * search with any concurrency, and a larger budget continues what a smaller one gave.
 *
 * @throws OpnasError BAD_SETTING without a budget, for a setting out of its range, or where a
 *   constrained space accepts nothing; BAD_INPUT for a score that is not finite
 * @throws what `evaluate` throws, after the evaluations beside it have ended
 */
export async function runSearch<A>(options: SearchOptions<A>): Promise<SearchResult<A>> {
  const { strategy = "opnas", signal, seed, space } = options;
  const { evaluations, settings } = budgetOf(options);
  const proposer = typeof strategy === "string" ? strategies[strategy] : strategy;
  const context = { space, seed, settings };
  const evaluation = {
    evaluate: options.evaluate,
    concurrency: concurrencyOf(options),
    signal,
    onCandidate: options.onCandidate,
  };
  const known = new Map((options.history ?? []).map(({ key, score }) => [key, score]));
  if (options.inFlight !== undefined) {
    const inFlight = steadyInFlight(options.inFlight, strategy);
    const found = await searchSteadily({
      strategy: proposer,
      context,
      evaluations: Math.min(evaluations, settings.generations + settings.population),
      inFlight,
      evaluation,
      known,
    });
    return { ...found, best: bestOf(found.candidates) };
  }
  const candidates: Evaluated<A>[] = [];
  const endedBy = (ended: SearchEnd) => ({ candidates, best: bestOf(candidates), ended });

  for (let generation = 0; generation <= settings.generations; generation++) {
    const left = evaluations - candidates.length;
    if (left === 0) break;
    if (signal?.aborted === true) return endedBy("stopped");
    const children = propose(proposer, candidates, generation, context).slice(0, left);
    if (children.length === 0) return endedBy("exhausted");
    const evaluated = await evaluateAll(children, generation, known, evaluation);
    candidates.push(...evaluated);
    if (evaluated.length < children.length) return endedBy("stopped");
  }
  return endedBy("budget");
}

function bestOf<A>(candidates: readonly Evaluated<A>[]): Evaluated<A> | undefined {
  const [first, ...others] = candidates;
  return first && others.reduce((best, one) => (one.score > best.score ? one : best), first);
}

function propose<A>(
  strategy: Strategy,
  candidates: readonly Evaluated<A>[],
  generation: number,
  context: SearchContext<A>,
): Proposal<A>[] {
  if (generation === 0) return strategy.initial(context).children;
  return strategy.next(candidates, generation, context).children;
}

function steadyInFlight(inFlight: number, strategy: StrategyName | Strategy): number {
  if (strategy === "reinforcement" || strategy === strategies.reinforcement) {
    throw new OpnasError(
      "BAD_SETTING",
      'The strategy "reinforcement" learns from whole generations: leave inFlight out.',
    );
  }
  return requireCount("inFlight", inFlight);
}

/** Returns the most evaluations and the settings. */
function budgetOf<A>({ evaluations, generations, settings }: SearchOptions<A>) {
  if (evaluations === undefined && generations === undefined) {
    throw new OpnasError("BAD_SETTING", "A search needs a budget: evaluations or generations.");
  }
  if (evaluations !== undefined) requireCount("evaluations", evaluations);
  // Every generation before the end has at least one candidate.
  const most = generations ?? Math.min(mostGenerations, evaluations ?? 0);
  return {
    evaluations: evaluations ?? Infinity,
    settings: strategySettings({ ...settings, generations: most }),
  };
}

function concurrencyOf<A>({ concurrency = 1 }: SearchOptions<A>): number {
  return requireCount("concurrency", concurrency);
}

function requireCount(name: string, value: number): number {
  if (Number.isInteger(value) && value >= 1) return value;
  throw new OpnasError(
    "BAD_SETTING",
    `A search's ${name} must be a whole number from 1: ${value}.`,
  );
}
