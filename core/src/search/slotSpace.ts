import { OpnasError } from "../errors.js";
import type { Random } from "../random.js";
import type { Mutation, SearchSpace, SlotOptions } from "./searchSpace.js";
import type { SlotValue, SlotValues } from "./slotValues.js";

/** The slots of a space by their names. */
export type Slots = Readonly<Record<string, SlotValues>>;

/** An architecture of a `slotSpace`: one value of each slot, by the slots' names. */
export type SlotArchitecture<S extends Slots> = {
  readonly [Name in keyof S]: S[Name]["values"][number];
};

/** A space of named slots, any combination of whose values is an architecture. */
export interface SlotSpace<S extends Slots> extends SearchSpace<SlotArchitecture<S>> {
  /** Returns true for an architecture of the space, and narrows what came from outside to one. */
  contains(value: unknown): value is SlotArchitecture<S>;
}

/**
 * Returns the space of all combinations of some slots' values, such as the settings of a training:
 *
 * ```ts
 * const space = slotSpace({
 *   activation: choice(["relu", "gelu"]),
 *   width: ordered([64, 128, 256]),
 *   learningRate: range(1e-5, 1e-2, { scale: "log" }),
 * });
 * ```
 *
 * A mutation changes one slot, each equally likely. Of a slot with an order it offers the values
 * within a reach, from the next value to all of them, the logarithm of which is uniform: neighbours
 * as a rule, and now and then any value.
 * Positions of slots (in features and priorities) follow the order of their names in `slots`.
 *
 * @throws OpnasError BAD_SETTING if there are no slots
 */
export function slotSpace<const S extends Slots>(slots: S): SlotSpace<S> {
  const named = Object.entries(slots).map(([name, { values, places }]) => {
    const options = values.map(String);
    const own: SlotOptions = places === null ? { options } : { options, places };
    return { name, values, isOrdered: places !== null, own };
  });
  if (named.length === 0) throw new OpnasError("BAD_SETTING", "A space needs at least one slot.");
  const open = [...named.entries()].filter(([, { values }]) => values.length > 1);

  const contains = (value: unknown): value is SlotArchitecture<S> => {
    if (typeof value !== "object" || value === null) return false;
    const held = new Map<string, unknown>(Object.entries(value));
    const isOption = ({ name, values }: (typeof named)[number]) =>
      values.some((option) => option === held.get(name));
    return held.size === named.length && named.every(isOption);
  };
  const architectureOf = (values: readonly SlotValue[]): SlotArchitecture<S> => {
    const byName = Object.fromEntries(named.map(({ name }, position) => [name, values[position]]));
    if (contains(byName)) return byName;
    throw notOfTheSpace(byName);
  };
  const valuesOf = (architecture: SlotArchitecture<S>): SlotValue[] => {
    if (!contains(architecture)) throw notOfTheSpace(architecture);
    const held = new Map<string, SlotValue>(Object.entries(architecture));
    return named.flatMap(({ name }) => held.get(name) ?? []);
  };

  return {
    contains,
    operations: ({ position }) => named[position]?.own ?? { options: [] },
    sample: (random) => architectureOf(named.map(({ values }) => random.pick(values))),
    key: (architecture) => JSON.stringify(valuesOf(architecture)),
    features: (architecture) =>
      valuesOf(architecture).map((value, position) => ({
        kind: "operation",
        position,
        operation: String(value),
      })),
    mutate: (parent, choose, random): Mutation<SlotArchitecture<S>> => {
      if (open.length === 0) return { architecture: parent, description: "there is no other" };
      const [position, { name, values, isOrdered }] = random.pick(open);
      const held = valuesOf(parent);
      const before = held[position];
      const at = values.findIndex((value) => value === before);
      const reach = isOrdered ? sampleReach(values.length, random) : Infinity;
      const offered = values.filter((_, index) => index !== at && Math.abs(index - at) <= reach);
      const chosen = choose({ kind: "operation", position }, offered.map(String), random);
      const after = offered.find((value) => String(value) === chosen);
      if (after === undefined) {
        throw new RangeError(`The chooser returned ${chosen}, which was not offered.`);
      }
      const description = `${name} ${String(after)} in place of ${String(before)}`;
      return { architecture: architectureOf(held.with(position, after)), description };
    },
  };
}

function notOfTheSpace(value: object): OpnasError {
  return new OpnasError("BAD_INPUT", `${JSON.stringify(value)} is no architecture of the space.`);
}

/** Samples how far, in the list of a slot's values, a mutation may go: 1 to all of them. */
function sampleReach(values: number, random: Random): number {
  return Math.round((values - 1) ** random.next());
}
