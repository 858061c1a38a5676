import type { Random, SearchSpace } from "@opnas/core";
import { item } from "../common/items.ts";
import { byKey, type Table, type TableSlot } from "./table.ts";

/** Recorded architectures, nearest first, that a jump from one without neighbours may lead to. */
const nearest = 8;

/** Joins the options of an architecture's slots to its key; no option may hold it. */
const separator = "|";

/** One recorded architecture: the option of each slot, in order, and its score. */
export interface Row {
  options: readonly string[];
  score: number;
  /** Scores of its single trainings, if they are known. */
  runs?: readonly number[];
}

/**
 * Returns a table of rows with the same slots. A slot's options are those that occur in it. Where not
 * every combination is recorded, the space is the recorded part.
 *
 * @param orderedSlots names of slots whose options are numbers and are compared as such: neighbours
 *   among those that occur are equally far apart
 * @throws RangeError without rows, for rows of different lengths, for an architecture that is recorded
 *   twice, for an option with a separator, and for a score that is not finite
 */
export function slotTable(
  name: string,
  title: string,
  slotNames: readonly string[],
  rows: readonly Row[],
  orderedSlots: ReadonlySet<string> = new Set(),
): Table {
  const keys = rows.map(({ options }, index) => keyOfRow(name, slotNames, options, index));
  const scores = new Map(rows.map(({ score }, index) => [item(keys, index), score]));
  if (rows.length === 0) throw new RangeError(`${name} has no rows.`);
  if (scores.size < rows.length) {
    const again = keys.findIndex((key, index) => keys.indexOf(key) < index);
    const places = `rows ${keys.indexOf(item(keys, again)) + 1} and ${again + 1}`;
    throw new RangeError(
      `${name} has an architecture twice: ${places} differ at most in their scores.`,
    );
  }
  const bad = rows.findIndex(({ score }) => !Number.isFinite(score));
  if (bad >= 0) throw new RangeError(`${name}: the score of row ${bad + 1} is not a number.`);
  const slots = slotNames.map((slot, position): TableSlot => {
    const options = [...new Set(rows.map(({ options }) => item(options, position)))].sort();
    if (!orderedSlots.has(slot)) return { name: slot, options };
    const places = options.map((_, index) => index / Math.max(1, options.length - 1));
    return { name: slot, options: options.sort((a, b) => Number(a) - Number(b)), places };
  });
  const runs = rows.flatMap(({ runs }, index) =>
    runs ? [[item(keys, index), runs] as const] : [],
  );
  const space = byKey(slotSpace(slots, new Set(keys)), (key) => key.split(separator));
  return {
    name,
    title,
    scores,
    runs: runs.length === rows.length ? new Map(runs) : null,
    spaceOf: () => space,
    slots,
    keyOf: (options) => slotNames.map((slot) => item([options[slot]], 0)).join(separator),
  };
}

function keyOfRow(
  name: string,
  slotNames: readonly string[],
  options: readonly string[],
  index: number,
): string {
  if (options.length !== slotNames.length) {
    const counts = `${options.length} options for ${slotNames.length} slots`;
    throw new RangeError(`${name}: row ${index + 1} has ${counts}.`);
  }
  if (options.some((option) => option.includes(separator))) {
    throw new RangeError(`${name}: row ${index + 1} has an option with "${separator}" in it.`);
  }
  return options.join(separator);
}

/**
 * Returns the space of the recorded keys. A mutation changes one slot wherever that is recorded; of an
 * ordered slot it offers values within a reach that is small as a rule. Where no change of one slot is
 * recorded, it goes to one of the nearest recorded architectures.
 */
export function slotSpace(
  slots: readonly TableSlot[],
  recorded: ReadonlySet<string>,
): SearchSpace<readonly string[]> {
  const all = [...recorded].map((key) => key.split(separator));
  const positions = slots.map((_, position) => position);
  const key = (architecture: readonly string[]) => architecture.join(separator);
  const nearestTo = nearestAmong(all, slots);
  return {
    operations: ({ position }) => {
      const { options, places } = item(slots, position);
      return places ? { options, places } : { options };
    },
    key,
    sample: (random) => random.pick(all),
    features: (architecture) =>
      architecture.map((operation, position) => ({ kind: "operation", position, operation })),
    mutate: (parent, choose, random) => {
      for (const position of random.shuffle(positions)) {
        const slot = item(slots, position);
        const before = item(parent, position);
        const possible = slot.options.filter(
          (option) => option !== before && recorded.has(key(parent.with(position, option))),
        );
        if (possible.length === 0) continue;
        const options = withinReach(possible, before, slot, random);
        const chosen = choose({ kind: "operation", position }, options, random);
        const description = `${slot.name} = ${chosen}`;
        return { architecture: parent.with(position, chosen), description };
      }
      const others = nearestTo(parent);
      const architecture = others.length > 0 ? random.pick(others) : parent;
      return { architecture, description: "one of the nearest; no neighbour is recorded" };
    },
  };
}

/** Returns the possible options of an ordered slot that are close to one; all if it has no order. */
function withinReach(
  possible: readonly string[],
  before: string,
  { options, places }: TableSlot,
  random: Random,
): readonly string[] {
  if (!places) return possible;
  const from = options.indexOf(before);
  const steps = (option: string) => Math.abs(options.indexOf(option) - from);
  // Of the logarithm of the reach each value is equally likely, as in core's spaces of slots.
  const reach = (options.length - 1) ** random.next();
  const least = Math.min(...possible.map(steps));
  return possible.filter((option) => steps(option) <= Math.max(least, Math.round(reach)));
}

/** Returns a function that lists the recorded architectures nearest to one, itself left out. */
function nearestAmong(all: readonly (readonly string[])[], slots: readonly TableSlot[]) {
  const placesOf = slots.map(({ options, places }) => {
    return places && new Map(options.map((option, index) => [option, item(places, index)]));
  });
  const distance = (a: readonly string[], b: readonly string[]) =>
    placesOf.reduce((sum, places, position) => {
      const [one, other] = [item(a, position), item(b, position)];
      if (one === other) return sum;
      return sum + (places ? Math.abs((places.get(one) ?? 0) - (places.get(other) ?? 0)) : 1);
    }, 0);
  const found = new Map<string, (readonly string[])[]>();
  return (architecture: readonly string[]) => {
    const key = architecture.join(separator);
    const others = found.get(key) ?? nearestOf(all, (other) => distance(architecture, other));
    found.set(key, others);
    return others;
  };
}

function nearestOf<A>(all: readonly A[], distance: (one: A) => number): A[] {
  const ranked = all.map((one) => ({ one, by: distance(one) })).filter(({ by }) => by > 0);
  return ranked
    .sort((a, b) => a.by - b.by)
    .slice(0, nearest)
    .map(({ one }) => one);
}
