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

/** The way in which the proposals of a generation are evaluated. */
export interface Evaluation<A> {
  evaluate: Evaluate<A>;
  /** Evaluations that may run at once. */
  concurrency: number;
  /** Ends it: nothing more is begun. */
  signal: AbortSignal | undefined;
  onCandidate: ((candidate: Evaluated<A>) => void) | undefined;
}

/**
 * Evaluates the proposals of a generation that have no known score, several at once.
 *
 * @param known scores by key
 * @returns those with a score, in the order of the proposals; fewer if the signal was aborted
 * @throws OpnasError BAD_INPUT for a score that is not finite
 * @throws what `evaluate` throws first, unless it says that it was aborted, after all have ended
 */
export async function evaluateAll<A>(
  proposals: readonly Proposal<A>[],
  generation: number,
  known: ReadonlyMap<string, number>,
  { evaluate, concurrency, signal, onCandidate }: Evaluation<A>,
): Promise<Evaluated<A>[]> {
  const candidates = new Map<number, Evaluated<A>>();
  const left: [number, Proposal<A>][] = [];
  for (const [index, proposal] of proposals.entries()) {
    const score = known.get(proposal.key);
    if (score === undefined) left.push([index, proposal]);
    else candidates.set(index, { ...proposal, score, generation, index });
  }
  const failure = new AbortController();
  const both = signal ? AbortSignal.any([signal, failure.signal]) : failure.signal;
  const failures: unknown[] = [];

  const work = async () => {
    for (let next = left.shift(); next && !both.aborted; next = left.shift()) {
      const [index, proposal] = next;
      try {
        const score = await evaluate(proposal.architecture, both, proposal);
        if (!Number.isFinite(score)) throw notFinite(proposal.key, score);
        const candidate = { ...proposal, score, generation, index };
        candidates.set(index, candidate);
        onCandidate?.(candidate);
      } catch (error) {
        if (isAbort(error, both)) return;
        failures.push(error);
        failure.abort(error);
      }
    }
  };
  await Promise.all(Array.from({ length: concurrency }, work));
  if (failures.length > 0) throw failures[0];
  return [...candidates].sort(([a], [b]) => a - b).map(([, candidate]) => candidate);
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
