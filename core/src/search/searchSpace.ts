import type { Random } from "../random.js";

/** A place in an architecture that holds one of several operations. */
export interface Slot {
  kind: SlotKind;
  /** The place along an attention graph's path, or for kernels the layer; from 0. */
  position: number;
}

export const slotKinds = ["operation", "kernel"] as const;
export type SlotKind = (typeof slotKinds)[number];

/** A slot and what an architecture holds there: what a strategy keeps statistics of. */
export interface Feature extends Slot {
  operation: string;
}

/** Draws one of the options, which are never empty, for a slot. */
export type Chooser = (slot: Slot, options: readonly string[], random: Random) => string;

export interface Mutation<A> {
  architecture: A;
  /** What was changed, for people. */
  description: string;
}

/**
 * What a strategy needs to know of the architectures it searches. Strategies are written against
 * this alone, so a recorded table of scores or another benchmark can stand behind it.
 *
 * Everything here is pure: the same arguments and the same stream give the same result.
 */
export interface SearchSpace<A> {
  /** Every operation that a slot of each kind can hold; empty if there are no such slots. */
  readonly operations: Readonly<Record<SlotKind, readonly string[]>>;

  /** A random architecture of the space. */
  sample(random: Random): A;

  /** Equal for architectures that are known to be the same; they are evaluated once. */
  key(architecture: A): string;

  /** Every slot of an architecture with what it holds; one slot may occur many times. */
  features(architecture: A): Feature[];

  /**
   * A neighbour of the parent, in the space and with another key. What to change is drawn from
   * `random`; which operation to put into a slot is left to `choose`.
   */
  mutate(parent: A, choose: Chooser, random: Random): Mutation<A>;
}

/** Every option equally likely: plain evolution. */
export const chooseUniformly: Chooser = (_slot, options, random) => random.pick(options);
