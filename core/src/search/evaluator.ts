import { OpnasError } from "../errors.js";
import type { Candidate, Proposal } from "./strategy.js";

/**
 * Scores an architecture. Higher is better: of a loss return its negative. The signal is aborted
 * when the search is stopped or another evaluation has failed.
 */
export type Evaluate<A> = (
  architecture: A,
  signal: AbortSignal,
  proposal: Proposal<A>,
) => number | Promise<number>;

/** A candidate of a search, and its origin. */
export interface Evaluated<A> extends Candidate<A> {
  /** The parent's key; null if it was sampled. */
  parentKey: string | null;
  /** A description of the change to the parent, for people; null if it was sampled. */
  mutation: string | null;
}

/** The reason that a search ended: its budget is spent, nothing new was found, or it was stopped. */
export type SearchEnd = "budget" | "exhausted" | "stopped";

/** The way in which proposals are evaluated. */
export interface Evaluation<A> {
  evaluate: Evaluate<A>;
  /** Evaluations that may run at once. */
  concurrency: number;
  /** Ends it: nothing more is begun. */
  signal: AbortSignal | undefined;
  onCandidate: ((candidate: Evaluated<A>) => void) | undefined;
}

/** Evaluates proposals in the order in which they are handed in, so many at once. */
export interface Evaluator<A> {
  /** The signal that is aborted when the search is stopped or an evaluation has failed. */
  readonly ended: AbortSignal;
  /** Returns the candidate; undefined where it failed, or nothing may be begun any more. */
  evaluate(
    proposal: Proposal<A>,
    generation: number,
    index: number,
  ): Promise<Evaluated<A> | undefined>;
  /** Throws what an evaluation threw first, unless it said that it was aborted. */
  throwFailure(): void;
}

/**
 * Returns an evaluator.
 *
 * @param known scores by key; such proposals are not evaluated again
 */
export function evaluatorOf<A>(
  known: ReadonlyMap<string, number>,
  { evaluate, concurrency, signal, onCandidate }: Evaluation<A>,
): Evaluator<A> {
  const { begin, end } = slots(concurrency);
  const failure = new AbortController();
  const ended = signal ? AbortSignal.any([signal, failure.signal]) : failure.signal;
  const failures: unknown[] = [];
  return {
    ended,
    throwFailure: () => {
      if (failures.length > 0) throw failures[0];
    },
    evaluate: async (proposal, generation, index) => {
      const earlier = known.get(proposal.key);
      if (earlier !== undefined) return { ...proposal, score: earlier, generation, index };
      await begin();
      try {
        if (ended.aborted) return undefined;
        const score = await evaluate(proposal.architecture, ended, proposal);
        if (!Number.isFinite(score)) throw notFinite(proposal.key, score);
        const candidate = { ...proposal, score, generation, index };
        onCandidate?.(candidate);
        return candidate;
      } catch (error) {
        if (!isAbort(error, ended)) {
          failures.push(error);
          failure.abort(error);
        }
        return undefined;
      } finally {
        end();
      }
    },
  };
}

/** Returns what waits for one of so many slots, in turn, and what gives it back. */
function slots(count: number): { begin: () => Promise<void>; end: () => void } {
  let free = count;
  const waiting: (() => void)[] = [];
  return {
    begin: async () => {
      if (free > 0) free--;
      else await new Promise<void>((resolve) => waiting.push(resolve));
    },
    end: () => {
      const next = waiting.shift();
      if (next) next();
      else free++;
    },
  };
}

function isAbort(error: unknown, signal: AbortSignal): boolean {
  if (!signal.aborted) return false;
  return error === signal.reason || (error instanceof Error && error.name === "AbortError");
}

function notFinite(key: string, score: number): OpnasError {
  return new OpnasError(
    "BAD_INPUT",
    `The score of ${key} is ${score}; it must be a finite number.`,
  );
}
