import { describe, expect, test } from "vitest";
import { leastCost } from "../architecture/cheapest.js";
import { presetNamed, presets } from "../presets.js";
import {
  bearableFailures,
  candidateCount,
  defaultFailures,
  excessOfCandidates,
  mostCandidates,
  noLimits,
  searchSettingsSchema,
} from "./search.js";
import { taskNames } from "./names.js";
import { defaultEditWeights } from "./strategy.js";

const smoke = presetNamed("smoke");
const problems = (change: object) =>
  searchSettingsSchema
    .safeParse({ ...smoke.settings, ...change })
    .error?.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);

describe("search settings", () => {
  test.each(presets.map((preset) => [preset.name, preset.settings]))(
    "of the preset %s are valid and complete",
    (_name, settings) => {
      expect(searchSettingsSchema.parse(settings)).toEqual(settings);
    },
  );

  test("count the candidates of a whole search", () => {
    const budget = { population: 16, generations: 5, parents: 4, childrenPerParent: 4 };
    expect(candidateCount({ ...smoke.settings, ...budget })).toBe(96);
  });

  test("of more than a million candidates are too many, and the sentence names what makes them", () => {
    const budget = { population: 10_000, generations: 990, parents: 10, childrenPerParent: 100 };
    const settings = { ...smoke.settings, ...budget };
    expect(excessOfCandidates(settings)).toBeNull();
    expect(excessOfCandidates({ ...settings, generations: 991 })).toMatch(
      /^population 10000 and 991 generations of 10 × 100 children make 1001000 candidates/,
    );
  });

  test("leave the training steps of the largest search countable", () => {
    const steps = 1_000_000;
    const fineTuned = taskNames.length;
    expect(Number.isSafeInteger(steps + mostCandidates * (steps + fineTuned * steps))).toBe(true);
  });

  test("take the default edit weights where none are given", () => {
    const mutation = { ...smoke.settings.mutation, editWeights: undefined };
    const parsed = searchSettingsSchema.parse({ ...smoke.settings, mutation });
    expect(parsed.mutation.editWeights).toEqual(defaultEditWeights);
  });

  test("bear one failed candidate at least, and a share of many", () => {
    const older = { ...smoke.settings, failures: undefined };
    expect(searchSettingsSchema.parse(older).failures).toEqual(defaultFailures);
    const bearable = (share: number, proposed: number) =>
      bearableFailures({ ...smoke.settings, failures: { share } }, proposed);
    expect([bearable(0.2, 4), bearable(0.2, 750), bearable(0, 750), bearable(1, 4)]).toEqual([
      1, 150, 0, 4,
    ]);
  });

  test("have no limits where none are given", () => {
    const older = { ...smoke.settings, limits: undefined };
    expect(searchSettingsSchema.parse(older).limits).toEqual(noLimits);
    expect(problems({ limits: { parameters: 1e9 } })).toBeUndefined();
  });

  test("refuse limits that no backbone of the size meets, and name the cheapest", () => {
    const { parameters, flops } = leastCost(smoke.settings.size);
    expect(problems({ limits: { parameters, flops } })).toBeUndefined();
    expect(problems({ limits: { parameters: parameters - 1, flops: flops - 1 } })).toEqual([
      `limits.parameters: no backbone of this size has so few: the cheapest has ${parameters} parameters`,
      `limits.flops: no backbone of this size has so few: the cheapest has ${flops} flops`,
    ]);
    expect(problems({ limits: { parameters: 0 } })?.[0]).toMatch(/limits.parameters/);
    expect(problems({ limits: { flops: -5 } })?.[0]).toMatch(/limits.flops/);
  });

  test("are refused with the field and the reason", () => {
    const weights = { change: 0, insert: 0, delete: 0, rewire: 0, inputs: 0 };
    expect(problems({ parents: 5 })).toEqual(["parents: parents must not exceed population"]);
    expect(problems({ size: { ...smoke.settings.size, heads: 3 } })).toEqual([
      "size.hidden: hidden must be a multiple of heads",
    ]);
    expect(problems({ mutation: { ...smoke.settings.mutation, editWeights: weights } })).toEqual([
      "mutation.editWeights: at least one kind of edit needs a weight above 0",
    ]);
    expect(problems({ tasks: [] })).toHaveLength(1);
    expect(problems({ temperature: 1 })?.[0]).toMatch(/temperature/);
  });
});
