import { OpnasError } from "../errors.js";
import type { SearchSettings } from "../settings/search.js";
import type { OperationPriority } from "./priorities.js";
import type { SearchSpace } from "./searchSpace.js";

/** An evaluated architecture of a run. */
export interface Candidate<A> {
  architecture: A;
  key: string;
  /** The proxy score, finite; an unstable candidate has 0. */
  score: number;
  generation: number;
  /** Position in the generation's list of children, from 0. */
  index: number;
}

/** An architecture that a strategy wants evaluated. */
export interface Proposal<A> {
  architecture: A;
  key: string;
  /** The parent's key; null if it was sampled. */
  parentKey: string | null;
  /** A description of the change to the parent, for people; null if it was sampled. */
  mutation: string | null;
}

/** A strategy's decision for one generation. */
export interface Generation<A> {
  /** The proposals, in order: the position of each here is its `index` as a candidate. */
  children: Proposal<A>[];
  /** The statistics that guided the choice; empty if none did. */
  priorities: OperationPriority[];
}

/** The part of a run's settings that strategies read. */
export type StrategySettings = Pick<
  SearchSettings,
  | "population"
  | "parents"
  | "childrenPerParent"
  | "generations"
  | "inFlight"
  | "survivors"
  | "tournament"
  | "scoreUnit"
  | "ucb"
  | "screening"
  | "reinforcement"
>;

/** Everything but the history that a strategy's proposals depend on. */
export interface SearchContext<A> {
  space: SearchSpace<A>;
  settings: StrategySettings;
  seed: number;
  /**
   * The proposals of earlier generations that count as being evaluated (setting `inFlight`). None is
   * to be proposed again. Absent or empty where a generation is proposed when the last is evaluated.
   */
  pending?: readonly Pick<Proposal<A>, "architecture" | "key">[];
}

/** Returns the number of children in a generation after the first population. */
export function childCount<A>({ settings }: SearchContext<A>): number {
  return settings.parents * settings.childrenPerParent;
}

/**
 * A search strategy. It is pure: its proposals depend on the context and on which candidates are in
 * the history, not on their order, on time, or on earlier calls. So an interrupted run can go on,
 * and any number of workers give the same run.
 *
 * No proposal has the key of an evaluated or pending candidate or of another of its generation. A generation
 * is shorter than asked for only if nothing new was found: the space is exhausted.
 */
export interface Strategy {
  /** Proposes generation 0, the initial population. */
  initial<A>(context: SearchContext<A>): Generation<A>;

  /**
   * Proposes a later generation, 1 to `settings.generations`; none after that, when the budget is
   * spent.
   *
   * @param history every candidate evaluated so far, in any order
   * @throws OpnasError BAD_INPUT on an empty history or a score that is not finite
   */
  next<A>(
    history: readonly Candidate<A>[],
    generation: number,
    context: SearchContext<A>,
  ): Generation<A>;
}

/**
 * Sorts a history by generation and index.
 *
 * @throws OpnasError BAD_INPUT if it is empty or a score is not a finite number
 */
export function orderedHistory<A>(history: readonly Candidate<A>[]): Candidate<A>[] {
  if (history.length === 0) {
    throw new OpnasError(
      "BAD_INPUT",
      "A next generation needs evaluated candidates; there are none.",
    );
  }
  for (const { key, score } of history) {
    if (!Number.isFinite(score)) {
      throw new OpnasError(
        "BAD_INPUT",
        `The score of ${key} is ${score}; it must be a finite number.`,
      );
    }
  }
  return [...history].sort((a, b) => a.generation - b.generation || a.index - b.index);
}
