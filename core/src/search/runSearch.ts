import { OpnasError } from "../errors.js";
import type { StrategyName } from "../settings/names.js";
import { evaluatorOf, type Evaluate, type Evaluated, type SearchEnd } from "./evaluator.js";
import { generationsSeen } from "./overlap.js";
import type { SearchSpace } from "./searchSpace.js";
import { strategies } from "./strategies.js";
import type { Candidate, Proposal, Strategy } from "./strategy.js";
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
  settings?: Omit<StrategyChanges, "generations" | "inFlight">;
  /** Evaluations that may run at once, 1 by default; those of generations that overlap do. */
  concurrency?: number;
  /**
   * The setting `inFlight`: the most candidates of evolved generations that may lack a score. One and
   * a half times `concurrency`, say, so that few slots wait for the slowest of a generation. It is part
   * of what a search is repeated by, as the seed is. Not for the strategy "reinforcement".
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
 * Searches a space: proposes generation after generation and evaluates them, with `inFlight` several
 * at once, until the budget is spent. Proposals depend on the seed and the scores alone, so that the same seed gives the same
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
  if (settings.inFlight !== null) requireOverlap(proposer);
  const known = new Map((options.history ?? []).map(({ key, score }) => [key, score]));
  const evaluator = evaluatorOf(known, {
    evaluate: options.evaluate,
    concurrency: concurrencyOf(options),
    signal,
    onCandidate: options.onCandidate,
  });
  const proposals: Proposal<A>[][] = [];
  const results: Promise<Evaluated<A> | undefined>[][] = [];
  const history: Evaluated<A>[] = [];
  let seen = 0;
  let left = evaluations;
  let ended: SearchEnd = "budget";

  try {
    for (let generation = 0; generation <= settings.generations && left > 0; generation++) {
      for (; seen < generationsSeen(generation, settings); seen++) {
        history.push(...(await scored(results[seen])));
      }
      if (evaluator.ended.aborted) {
        ended = "stopped";
        break;
      }
      const context = { space, seed, settings, pending: proposals.slice(seen).flat() };
      const { children } =
        generation === 0 ? proposer.initial(context) : proposer.next(history, generation, context);
      if (children.length === 0) {
        ended = "exhausted";
        break;
      }
      const wanted = children.slice(0, left);
      left -= wanted.length;
      proposals.push(wanted);
      results.push(wanted.map((child, index) => evaluator.evaluate(child, generation, index)));
    }
  } finally {
    await Promise.all(results.flat());
  }
  evaluator.throwFailure();
  const candidates = await scored(results.flat());
  const isWhole = candidates.length === proposals.flat().length;
  return { candidates, best: bestOf(candidates), ended: isWhole ? ended : "stopped" };
}

/** Waits for evaluations and returns the candidates of those that gave a score. */
async function scored<A>(
  results: readonly Promise<Evaluated<A> | undefined>[] = [],
): Promise<Evaluated<A>[]> {
  return (await Promise.all(results)).filter((candidate) => candidate !== undefined);
}

function bestOf<A>(candidates: readonly Evaluated<A>[]): Evaluated<A> | undefined {
  const [first, ...others] = candidates;
  return first && others.reduce((best, one) => (one.score > best.score ? one : best), first);
}

function requireOverlap(strategy: Strategy): void {
  if (strategy !== strategies.reinforcement) return;
  throw new OpnasError(
    "BAD_SETTING",
    'The strategy "reinforcement" learns from whole generations: leave inFlight out.',
  );
}

/** Returns the most evaluations and the settings. */
function budgetOf<A>({ evaluations, generations, inFlight, settings }: SearchOptions<A>) {
  if (evaluations === undefined && generations === undefined) {
    throw new OpnasError("BAD_SETTING", "A search needs a budget: evaluations or generations.");
  }
  if (evaluations !== undefined) requireCount("evaluations", evaluations);
  // Every generation before the end has at least one candidate.
  const most = generations ?? Math.min(mostGenerations, evaluations ?? 0);
  return {
    evaluations: evaluations ?? Infinity,
    settings: strategySettings({ ...settings, generations: most, inFlight: inFlight ?? null }),
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
