import type { SearchSpace } from "@opnas/core";
import { item } from "../common/items.ts";
import { byKey, type Table, type TableSlot } from "./table.ts";

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
 * @throws RangeError without rows, for rows of different lengths, for an architecture that is recorded
 *   twice, for an option with a separator, and for a score that is not finite
 */
export function slotTable(
  name: string,
  title: string,
  slotNames: readonly string[],
  rows: readonly Row[],
): Table {
  const keys = rows.map(({ options }, index) => keyOfRow(name, slotNames, options, index));
  const scores = new Map(rows.map(({ score }, index) => [item(keys, index), score]));
  if (rows.length === 0) throw new RangeError(`${name} has no rows.`);
  if (scores.size < rows.length) throw new RangeError(`${name} has an architecture twice.`);
  const bad = rows.findIndex(({ score }) => !Number.isFinite(score));
  if (bad >= 0) throw new RangeError(`${name}: the score of row ${bad + 1} is not a number.`);
  const slots = slotNames.map((slot, position) => ({
    name: slot,
    options: [...new Set(rows.map(({ options }) => item(options, position)))].sort(),
  }));
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

/** Returns the space of the recorded keys; a mutation changes one slot wherever that is recorded. */
export function slotSpace(
  slots: readonly TableSlot[],
  recorded: ReadonlySet<string>,
): SearchSpace<readonly string[]> {
  const all = [...recorded];
  const positions = slots.map((_, position) => position);
  const key = (architecture: readonly string[]) => architecture.join(separator);
  return {
    operations: { operation: [...new Set(slots.flatMap(({ options }) => options))], kernel: [] },
    key,
    sample: (random) => random.pick(all).split(separator),
    features: (architecture) =>
      architecture.map((operation, position) => ({ kind: "operation", position, operation })),
    mutate: (parent, choose, random) => {
      for (const position of random.shuffle(positions)) {
        const options = item(slots, position).options.filter(
          (option) =>
            option !== parent[position] && recorded.has(key(parent.with(position, option))),
        );
        if (options.length === 0) continue;
        const chosen = choose({ kind: "operation", position }, options, random);
        const { name } = item(slots, position);
        return { architecture: parent.with(position, chosen), description: `${name} = ${chosen}` };
      }
      const others = all.filter((other) => other !== key(parent));
      const other = random.pick(others.length > 0 ? others : all);
      return { architecture: other.split(separator), description: "no neighbour is recorded" };
    },
  };
}
