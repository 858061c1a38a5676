import { expect, test } from "vitest";
import { slotSpace } from "./slotSpace.js";
import { choice, ordered } from "./slotValues.js";
import { spreadPopulation } from "./spreadSample.js";
import { strategies } from "./strategies.js";
import { strategySettings } from "./strategySettings.js";

const letters = ["a", "b", "c", "d"] as const;
const space = slotSpace({ one: choice(letters), two: choice(letters), three: choice(letters) });

function contextOf(spread: number, population: number, seed: number) {
  const screening = { surrogate: "gaussian-process", spread } as const;
  const settings = strategySettings({ population, parents: 2, screening });
  return { space, settings, seed };
}

test("four candidates have every letter in every slot, whatever the seed", () => {
  for (let seed = 1; seed <= 10; seed++) {
    const taken = spreadPopulation(contextOf(16, 4, seed)).map(({ architecture }) => architecture);
    expect(taken).toHaveLength(4);
    for (const slot of ["one", "two", "three"] as const) {
      expect(new Set(taken.map((each) => each[slot])).size).toBeGreaterThanOrEqual(3);
    }
  }
});

test("one sample each is the initial population as it was, and the first is always the same", () => {
  const plain = strategies.opnas.initial(contextOf(1, 6, 3)).children;
  expect(plain).toEqual(strategies.evolution.initial(contextOf(8, 6, 3)).children);
  const spread = strategies.opnas.initial(contextOf(8, 6, 3)).children;
  expect(spread).not.toEqual(plain);
  expect(spread[0]).toEqual(plain[0]);
  expect(new Set(spread.map(({ key }) => key)).size).toBe(6);
});

test("a space with fewer architectures gives them all", () => {
  const few = slotSpace({ size: ordered([1, 2, 3]) });
  const taken = spreadPopulation({ ...contextOf(8, 6, 1), space: few });
  expect(taken.map(({ architecture }) => architecture.size).toSorted()).toEqual([1, 2, 3]);
});
