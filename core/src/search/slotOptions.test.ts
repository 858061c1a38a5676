import { describe, expect, test } from "vitest";
import { presetNamed } from "../presets.js";
import type { SearchSpace } from "./searchSpace.js";
import { strategies } from "./strategies.js";
import type { Candidate, StrategySettings } from "./strategy.js";

/** Slots of different options: 2, 4 and 8 of them, none in two slots. */
const slots = [2, 4, 8].map((count, position) =>
  Array.from({ length: count }, (_, number) => `${position}.${number}`),
);
const optionsOf = (position: number) => slots[position] ?? [];
const space: SearchSpace<readonly string[]> = {
  operations: ({ position }) => ({ options: optionsOf(position) }),
  sample: (random) => slots.map((options) => random.pick(options)),
  key: (architecture) => architecture.join(" "),
  features: (architecture) =>
    architecture.map((operation, position) => ({ kind: "operation", position, operation })),
  mutate: (parent, choose, random) => {
    const position = random.int(slots.length);
    const others = optionsOf(position).filter((option) => option !== parent[position]);
    const chosen = choose({ kind: "operation", position }, others, random);
    return { architecture: parent.with(position, chosen), description: chosen };
  },
};
/** A version of the space that lists operations by kind, not all of which are possible in every slot. */
const byKind = { ...space, operations: { operation: slots.flat(), kernel: [] } };

const { settings } = presetNamed("tiny");
const scoreOf = (architecture: readonly string[]) =>
  architecture.reduce((sum, option) => sum + Number(option), 0);

/** Returns a history of three generations, and the priorities of a fourth. */
function run(searched: typeof space, changes: Partial<StrategySettings> = {}) {
  const context = { space: searched, settings: { ...settings, ...changes }, seed: 3 };
  const history: Candidate<readonly string[]>[] = [];
  for (let generation = 0; generation < 4; generation++) {
    const { children } =
      generation === 0
        ? strategies.opnas.initial(context)
        : strategies.opnas.next(history, generation, context);
    for (const [index, { architecture, key }] of children.entries()) {
      history.push({ architecture, key, score: scoreOf(architecture), generation, index });
    }
  }
  return { history, priorities: strategies.opnas.next(history, 4, context).priorities };
}

describe("a space that lists the options of each slot", () => {
  test("has no priority of an operation that is impossible in a slot", () => {
    const { priorities } = run(space);
    expect(priorities.map(({ position, operation }) => `${position}: ${operation}`)).toEqual(
      slots.flatMap((options, position) => options.map((option) => `${position}: ${option}`)),
    );
    for (const position of slots.keys()) {
      const own = priorities.filter((priority) => priority.position === position);
      expect(own.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1, 12);
    }
    // Listed by kind, most of the first slot's probability lay on operations of other slots.
    const impossible = run(byKind).priorities.filter(
      ({ position, operation }) => position === 0 && !optionsOf(0).includes(operation),
    );
    expect(impossible.reduce((sum, { probability }) => sum + probability, 0)).toBeGreaterThan(0.5);
  });

  test("is proposed the same children where priorities alone decide, for options were possible ones", () => {
    const changes = { screening: { surrogate: "linear", draws: 1, alpha: 1, spread: 1 } } as const;
    expect(run(space, changes).history).toEqual(run(byKind, changes).history);
  });
});
