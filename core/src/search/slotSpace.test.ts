import { describe, expect, test } from "vitest";
import { OpnasError } from "../errors.js";
import { stream } from "../random.js";
import { chooseUniformly, optionsOf } from "./searchSpace.js";
import { slotSpace } from "./slotSpace.js";
import { choice, ordered, range } from "./slotValues.js";

const space = slotSpace({
  activation: choice(["relu", "gelu", "tanh"]),
  width: ordered([64, 128, 256, 1024], "log"),
  learningRate: range(1e-5, 1e-2, { scale: "log", steps: 31 }),
  bias: choice([true, false]),
});
const random = stream(1, "slots");

test("architectures have a value of each slot, and keys and features follow from them", () => {
  const architecture: { activation: string; width: number; learningRate: number; bias: boolean } =
    space.sample(random);
  expect(space.contains(architecture)).toBe(true);
  const example = { activation: "gelu", width: 256, learningRate: 0.01, bias: true } as const;
  expect(space.key(example)).toBe('["gelu",256,0.01,true]');
  expect(space.features(example).map(({ operation }) => operation)).toEqual([
    "gelu",
    "256",
    "0.01",
    "true",
  ]);
});

test.each([
  null,
  "gelu",
  { activation: "gelu", width: 256, learningRate: 0.01 },
  { activation: "gelu", width: 256, learningRate: 0.01, bias: "true" },
  { activation: "gelu", width: 300, learningRate: 0.01, bias: true },
  { activation: "gelu", width: 256, learningRate: 0.01, bias: true, depth: 2 },
])("%j is no architecture of the space", (value) => {
  expect(space.contains(value)).toBe(false);
});

test("options have the places of their values on the scale, between 0 and 1", () => {
  const at = (position: number) => optionsOf(space.operations, { kind: "operation", position });
  expect(at(0)).toEqual({ options: ["relu", "gelu", "tanh"] });
  expect(at(1).options).toEqual(["64", "128", "256", "1024"]);
  for (const [index, place] of [0, 0.25, 0.5, 1].entries()) {
    expect(at(1).places?.[index]).toBeCloseTo(place, 12);
  }
  expect(at(2).places?.[10]).toBeCloseTo(1 / 3, 5);
  expect(at(9).options).toEqual([]);
});

describe("a range", () => {
  test("has both limits, evenly spaced on its scale, in tidy numbers", () => {
    expect(range(0, 1, { steps: 5 }).values).toEqual([0, 0.25, 0.5, 0.75, 1]);
    expect(range(1e-4, 1, { scale: "log", steps: 5 }).values).toEqual([1e-4, 1e-3, 0.01, 0.1, 1]);
    expect(range(1e-5, 1e-2, { scale: "log" }).values).toHaveLength(32);
  });

  test("of whole numbers has each once", () => {
    const { values, places } = range(1, 8, { scale: "log", steps: 20, whole: true });
    expect(values).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(places?.[1]).toBeCloseTo(1 / 3, 12);
  });
});

test.each([
  ["at least one value", () => choice([])],
  ["written alike", () => choice(["1", 1])],
  ["must be finite", () => choice([1, Number.NaN])],
  ["must ascend", () => ordered([2, 1], "linear")],
  ["above 0", () => ordered([0, 1], "log")],
  ["is no number", () => ordered(["small", "large"], "linear")],
  ["lesser first", () => range(1, 1)],
  ["finite limits", () => range(0, Infinity)],
  ["above 0", () => range(0, 1, { scale: "log" })],
  ["2 to 1000 steps, not 1", () => range(0, 1, { steps: 1 })],
  ["at least one slot", () => slotSpace({})],
])("a slot that cannot be searched is a bad setting: %s", (message, make) => {
  expect(make).toThrow(OpnasError);
  expect(make).toThrow(message);
});

describe("a mutation", () => {
  const rates = slotSpace({ rate: range(0, 31, { steps: 32 }) });
  const step = (from: number) => {
    const { architecture } = rates.mutate({ rate: from }, chooseUniformly, random);
    return architecture.rate - from;
  };

  test("of an ordered slot goes to a neighbour as a rule, and farther now and then", () => {
    const steps = Array.from({ length: 2000 }, () => Math.abs(step(16)));
    const near = steps.filter((length) => length <= 5).length / steps.length;
    expect(near).toBeGreaterThan(0.6);
    expect(Math.max(...steps)).toBeGreaterThan(8);
    expect(steps).not.toContain(0);
  });

  test("offers the chooser only possible options, and says what changed", () => {
    const parent = { activation: "gelu", width: 64, learningRate: 0.01, bias: true } as const;
    for (let count = 0; count < 200; count++) {
      const { architecture, description } = space.mutate(
        parent,
        (slot, options, from) => {
          const possible = optionsOf(space.operations, slot).options;
          for (const option of options) expect(possible).toContain(option);
          return chooseUniformly(slot, options, from);
        },
        random,
      );
      expect(space.contains(architecture)).toBe(true);
      expect(space.key(architecture)).not.toBe(space.key(parent));
      expect(description).toMatch(/^(activation|width|learningRate|bias) \S+ in place of \S+$/);
    }
  });

  test("returns the parent itself where there is no other architecture", () => {
    const one = slotSpace({ width: choice([64]) });
    expect(one.mutate({ width: 64 }, chooseUniformly, random).architecture).toEqual({ width: 64 });
  });

  test("of what is no architecture of the space is an error", () => {
    const parent = { ...space.sample(random), learningRate: 7 };
    expect(() => space.mutate(parent, chooseUniformly, random)).toThrow(
      "is no architecture of the space",
    );
  });
});
