import { afterEach, describe, expect, test, vi } from "vitest";
import { leastCost } from "../architecture/cheapest.js";
import { modelSizeSchema } from "../modelSize.js";
import { presetNamed } from "../presets.js";
import { defaultPretraining, pretrainSettingsSchema } from "./pretraining.js";
import { searchSettingsSchema } from "./search.js";

vi.mock("../architecture/cheapest.js", { spy: true });
afterEach(() => vi.clearAllMocks());

const { settings } = presetNamed("smoke");
const pretraining = defaultPretraining(settings.size);

/** Values far beyond every limit, by the path of their field. */
const tooLarge: [path: string, value: unknown][] = [
  ["size.layers", 1e9],
  ["size.hidden", 1e12],
  ["size.heads", 1e9],
  ["size.vocabulary", 1e15],
  ["size.length", 1e9],
  ["text.folder", "a/".repeat(1e6)],
];

const tooLargeOfSearches: typeof tooLarge = [
  ["population", 1e12],
  ["parents", 1e12],
  ["childrenPerParent", 1e12],
  ["generations", 1e12],
  ["tournament", 1e12],
  ["ucb.alpha", 1e12],
  ["screening.draws", 1e12],
  ["mutation.edits", 1e12],
  ["mutation.maxNodes", 1e12],
  ["mutation.editWeights.change", 1e12],
  ["superNet.steps", 1e12],
  ["superNet.batch", 1e12],
  ["candidate.steps", 1e12],
  ["evaluationExamples", 1e12],
  ["limits.parameters", -1],
];

const tooLargeOfPretrainings: typeof tooLarge = [
  ["steps", 1e12],
  ["batch", 1e12],
  ["accumulate", 1e12],
];

describe("settings far out of range", () => {
  test.each([...tooLarge, ...tooLargeOfSearches])(
    "are refused by the check of %s alone, in a search",
    (path, value) => {
      const parsed = searchSettingsSchema.safeParse(withValue(settings, path.split("."), value));
      expect(parsed.error?.issues.map((issue) => issue.path.join("."))).toEqual([path]);
      expect(leastCost).not.toHaveBeenCalled();
    },
  );

  test.each([...tooLarge, ...tooLargeOfPretrainings])(
    "are refused by the check of %s alone, in a pre-training",
    (path, value) => {
      const whole = { ...pretraining, text: settings.text };
      const parsed = pretrainSettingsSchema.safeParse(withValue(whole, path.split("."), value));
      expect(parsed.error?.issues.map((issue) => issue.path.join("."))).toEqual([path]);
    },
  );

  test("are all named, where there are several", () => {
    const size = { ...settings.size, layers: 1e9, hidden: 1e12 };
    const parsed = searchSettingsSchema.safeParse({ ...settings, size, population: 1e12 });
    expect(parsed.error?.issues.map((issue) => issue.path.join("."))).toEqual([
      "size.layers",
      "size.hidden",
      "population",
    ]);
  });

  test("have a least cost that is computed without a list of layers", () => {
    const { parameters, flops } = leastCost({ ...settings.size, layers: 1e9 });
    expect(parameters).toBeGreaterThan(1e9);
    expect(flops).toBeGreaterThan(1e9);
  });
});

test("hidden is compared with heads only where both are in range", () => {
  const issues = modelSizeSchema.safeParse({ ...settings.size, hidden: 1, heads: 2 }).error?.issues;
  expect(issues).toHaveLength(1);
});

/** The settings with another value in the field at a path. */
function withValue(object: object, [name = "", ...rest]: string[], value: unknown): object {
  const field = Object.entries(object).find(([key]) => key === name)?.[1] as unknown;
  const inner = typeof field === "object" && field !== null ? field : {};
  return { ...object, [name]: rest.length === 0 ? value : withValue(inner, rest, value) };
}
