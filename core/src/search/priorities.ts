import type { SearchSettings } from "../settings/search.js";
import {
  optionsOf,
  slotKinds,
  type Chooser,
  type Feature,
  type Operations,
  type SlotKind,
} from "./searchSpace.js";

/** Statistics of one operation in one slot (docs/paper.md §3); GraphQL has a type of this name. */
export interface OperationPriority {
  kind: SlotKind;
  /** Position along the path for operations, layer for kernels; from 0. */
  position: number;
  operation: string;
  /** N_i: the number of times it was sampled here. */
  count: number;
  /** μ_i: mean score of the architectures that have it here. */
  meanScore: number;
  /** u_i = μ_i + α √(2 ln N / N_i), N being all samples of the slot. */
  ucb: number;
  /** Softmax of u_i / temperature over the operations that are possible in the slot. */
  probability: number;
}

/** Score and features of an evaluated architecture. */
export interface Sample {
  score: number;
  features: readonly Feature[];
}

/**
 * Computes the priority of every operation in every slot seen so far (docs/paper.md §3), slots in
 * ascending order: path positions up to the longest path, then the layers that were ever
 * convolutions.
 *
 * An operation that was never sampled in a slot counts as sampled once, with the mean score of the
 * slot: the largest exploration bonus, yet finite, so that several unknown operations share what
 * the known ones leave. The paper does not say what to do; this choice is ours (decision 0019).
 *
 * Sums run in the order of the samples, so the same order gives the same bits.
 */
export function operationPriorities(
  samples: Iterable<Sample>,
  operations: Operations,
  settings: SearchSettings["ucb"],
): OperationPriority[] {
  const tallies = tallySlots(samples);
  return slotKinds.flatMap((kind) =>
    [...tallies[kind]]
      .sort(([a], [b]) => a - b)
      .flatMap(([position, tally]) =>
        slotPriorities(tally, optionsOf(operations, { kind, position }).options, settings).map(
          (priority) => ({ kind, position, ...priority }),
        ),
      ),
  );
}

/**
 * Returns a chooser that samples an operation with its probability in the slot, among the options.
 * In a slot that was never seen all are equally likely.
 */
export function chooseByPriority(
  priorities: readonly OperationPriority[],
  { temperature }: SearchSettings["ucb"],
): Chooser {
  const ucbs = new Map(priorities.map((priority) => [nameOf(priority), priority.ucb]));
  return ({ kind, position }, options, random) => {
    const bounds = options.map((operation) => ucbs.get(nameOf({ kind, position, operation })) ?? 0);
    const drawn = random.weighted(softmax(bounds, temperature));
    return options[drawn] ?? random.pick(options);
  };
}

interface Tally {
  count: number;
  sum: number;
}

/** The tallies of one kind of slots, by position and operation. */
type SlotTallies = Map<number, Map<string, Tally>>;

/** Counts the samples with each operation in each slot, and adds up their scores. */
function tallySlots(samples: Iterable<Sample>): Record<SlotKind, SlotTallies> {
  const tallies: Record<SlotKind, SlotTallies> = { operation: new Map(), kernel: new Map() };
  for (const { score, features } of samples) {
    for (const { kind, position, operation } of features) {
      const slots = tallies[kind];
      const slot = slots.get(position) ?? new Map<string, Tally>();
      const tally = slot.get(operation) ?? { count: 0, sum: 0 };
      tally.count++;
      tally.sum += score;
      slot.set(operation, tally);
      slots.set(position, slot);
    }
  }
  return tallies;
}

function slotPriorities(
  tallies: ReadonlyMap<string, Tally>,
  operations: readonly string[],
  { alpha, temperature }: SearchSettings["ucb"],
) {
  const seen = [...tallies.values()];
  const all = seen.reduce((total, { count }) => total + count, 0);
  const slotMean = seen.reduce((total, { sum }) => total + sum, 0) / all;
  const known = operations.map((operation) => {
    const { count, sum } = tallies.get(operation) ?? { count: 0, sum: 0 };
    const meanScore = count > 0 ? sum / count : slotMean;
    const ucb = meanScore + alpha * Math.sqrt((2 * Math.log(all)) / Math.max(count, 1));
    return { operation, count, meanScore, ucb };
  });
  const weights = softmax(
    known.map(({ ucb }) => ucb),
    temperature,
  );
  return known.map((priority, index) => ({ ...priority, probability: weights[index] ?? 0 }));
}

function softmax(values: readonly number[], temperature: number): number[] {
  const largest = Math.max(...values);
  const weights = values.map((value) => Math.exp((value - largest) / temperature));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}

function nameOf({ kind, position, operation }: Feature): string {
  return `${kind} ${position} ${operation}`;
}
