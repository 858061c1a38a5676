import type { Random } from "../random.js";

/** A place in an architecture that has one of several operations. */
export interface Slot {
  kind: SlotKind;
  /** Position along an attention graph's path, or for kernels the layer; from 0. */
  position: number;
}

/** The kinds of slots; a space that needs one kind only uses "operation". */
export const slotKinds = ["operation", "kernel"] as const;
export type SlotKind = (typeof slotKinds)[number];

/** A slot and the operation that an architecture has there; strategies keep statistics of it. */
export interface Feature extends Slot {
  operation: string;
}

/** Samples one of the options, which are never empty, for a slot. */
export type Chooser = (slot: Slot, options: readonly string[], random: Random) => string;

/** The operations that are possible in one slot. */
export interface SlotOptions {
  /** The operations, none of them twice; statistics list them in this order. */
  readonly options: readonly string[];
  /**
   * The place of each option on a line, in the same order, ascending from 0 for the least to 1 for
   * the greatest: values that lie close have similar effects. Absent where options have no order.
   */
  readonly places?: readonly number[];
}

/**
 * The operations of a space's slots: a list for each kind, where all slots of a kind have the same,
 * or a pure function from a slot to its own ones.
 */
export type Operations =
  Readonly<Record<SlotKind, readonly string[]>> | ((slot: Slot) => SlotOptions);

/** Returns the options of one slot. */
export function optionsOf(operations: Operations, slot: Slot): SlotOptions {
  return typeof operations === "function" ? operations(slot) : { options: operations[slot.kind] };
}

/** A child that mutation made of a parent. */
export interface Mutation<A> {
  architecture: A;
  /** A description of the change, for people. */
  description: string;
}

/**
 * A search space, as far as strategies know it: they search any space that implements this, such as
 * a table of recorded scores or another benchmark. Every member is pure: the same arguments and the
 * same random stream give the same result.
 *
 * Terms: an *architecture* is a point of the space, of any type `A`; its *key* identifies it; a
 * *slot* is a place that has one *operation* of several, and slot and operation are a *feature*; a
 * *mutation* makes a *child*, a neighbour of its *parent*; a *chooser* is the strategy's policy for
 * the operation of a slot.
 *
 * A space of cells with six edges, each with one of five operations (docs/another-search-space.md
 * also shows how to search it):
 *
 * ```ts
 * const operations = ["none", "skip", "conv 1", "conv 3", "pool"];
 * const space: SearchSpace<string[]> = {
 *   operations: { operation: operations, kernel: [] },
 *   sample: (random) => Array.from({ length: 6 }, () => random.pick(operations)),
 *   key: (cell) => cell.join("|"),
 *   features: (cell) =>
 *     cell.map((operation, position) => ({ kind: "operation", position, operation })),
 *   mutate: (cell, choose, random) => {
 *     const position = random.int(cell.length);
 *     const others = operations.filter((operation) => operation !== cell[position]);
 *     const chosen = choose({ kind: "operation", position }, others, random);
 *     return { architecture: cell.with(position, chosen), description: `${chosen} at ${position}` };
 *   },
 * };
 * ```
 */
export interface SearchSpace<A> {
  /**
   * The operations that are possible in the slots, by kind (an empty list if there are no such
   * slots) or by slot. Reported priorities and what strategies expect range over them.
   */
  readonly operations: Operations;

  /** Samples an architecture of the space. */
  sample(random: Random): A;

  /** Returns a text that is equal for architectures known to be the same; they are evaluated once. */
  key(architecture: A): string;

  /** Lists the slots of an architecture with their operations; a slot may occur many times. */
  features(architecture: A): Feature[];

  /**
   * Makes a neighbour of the parent, in the space and with another key. The place of the change is
   * sampled from `random`; the operation to put into a slot is left to `choose`, which is offered
   * only options of that slot. A parent that has no neighbour is returned itself: strategies then
   * look elsewhere.
   */
  mutate(parent: A, choose: Chooser, random: Random): Mutation<A>;
}

/** Samples every option with the same probability, as plain evolution does. */
export const chooseUniformly: Chooser = (_slot, options, random) => random.pick(options);
