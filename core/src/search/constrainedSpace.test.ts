import { describe, expect, test } from "vitest";
import { leastCost } from "../architecture/cheapest.js";
import { flops, parameterCount } from "../architecture/cost.js";
import type { Architecture } from "../architecture/schema.js";
import { presetNamed } from "../presets.js";
import { stream } from "../random.js";
import { strategyNames, type StrategyName } from "../settings/names.js";
import type { SearchSettings } from "../settings/search.js";
import { chooseUniformly, type SearchSpace } from "./searchSpace.js";
import { searchContext, strategies } from "./strategies.js";
import type { Candidate, Proposal } from "./strategy.js";
import { constrainedSpace } from "./constrainedSpace.js";

const preset = presetNamed("tiny-linear");
const settings: SearchSettings = {
  ...preset.settings,
  population: 16,
  childrenPerParent: 4,
  generations: 3,
};
const { size } = settings;
const cheapest = leastCost(size);
/** Limits that about a sample in ten meets. */
const limits = { parameters: cheapest.parameters + 100, flops: 1.02 * cheapest.flops };

/** Lists a run's proposals; costlier architectures score higher, so the search moves to the limits. */
function proposals(
  name: StrategyName,
  limited: SearchSettings,
  seed: number,
): Proposal<Architecture>[] {
  const context = searchContext(limited, seed);
  const history: Candidate<Architecture>[] = [];
  const proposed: Proposal<Architecture>[] = [];
  for (let generation = 0; generation <= limited.generations; generation++) {
    const { children } =
      generation === 0
        ? strategies[name].initial(context)
        : strategies[name].next(history, generation, context);
    proposed.push(...children);
    for (const [index, { architecture, key }] of children.entries()) {
      const score = parameterCount(architecture, size) / 1e4;
      history.push({ architecture, key, score, generation, index });
    }
  }
  return proposed;
}

describe.each(strategyNames)("under limits the strategy %s", (name) => {
  test("proposes nothing above them and fills every generation", { timeout: 60_000 }, () => {
    for (const seed of [1, 2]) {
      const found = proposals(name, { ...settings, limits }, seed);
      expect(found).toHaveLength(16 + 3 * 16);
      for (const { architecture } of found) {
        expect(parameterCount(architecture, size)).toBeLessThanOrEqual(limits.parameters);
        expect(flops(architecture, size)).toBeLessThanOrEqual(limits.flops);
      }
    }
    const free = proposals(name, settings, 1).map(({ architecture }) => architecture);
    expect(free.some((one) => parameterCount(one, size) > limits.parameters)).toBe(true);
    expect(free.some((one) => flops(one, size) > limits.flops)).toBe(true);
  });

  test("proposes the same for the same seed", { timeout: 60_000 }, () => {
    const limited = { ...settings, limits: { ...limits, flops: null } };
    expect(proposals(name, limited, 3)).toEqual(proposals(name, limited, 3));
  });

  test(
    "proposes the same as without limits where no architecture reaches them",
    { timeout: 60_000 },
    () => {
      const beyond = { ...settings, limits: { parameters: 1e12, flops: 1e15 } };
      expect(proposals(name, beyond, 3)).toEqual(proposals(name, settings, 3));
    },
  );
});

/** Whole numbers below 1,000,000; a mutation adds one. */
const numbers: SearchSpace<number> = {
  operations: { operation: [], kernel: [] },
  sample: (random) => random.int(1_000_000),
  key: String,
  features: () => [],
  mutate: (parent) => ({ architecture: parent + 1, description: "one more" }),
};

describe("constrainedSpace", () => {
  test("throws an error that names the limits where nothing is accepted", () => {
    expect(() => constrainedSpace(numbers, () => false).sample(stream(1, "none"))).toThrow(
      /limits/,
    );
  });

  test("returns an accepted mutation, and samples an architecture where no mutation is accepted", () => {
    const even = constrainedSpace(numbers, (number) => number % 2 === 0);
    const random = stream(1, "numbers");
    expect(even.mutate(7, chooseUniformly, random)).toEqual({
      architecture: 8,
      description: "one more",
    });
    const { architecture, description } = even.mutate(8, chooseUniformly, random);
    expect(architecture % 2).toBe(0);
    expect(architecture).not.toBe(8);
    expect(description).toMatch(/^sampled anew/);
  });
});
