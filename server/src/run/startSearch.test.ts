import { presetNamed, presets } from "@opnas/core";
import { expect, test } from "vitest";
import { InputError } from "../input.js";
import { StrategyName } from "./enums.js";
import { plannedRun } from "./startSearch.js";
import type { StartSearchInput } from "./inputs.js";

function refusal(input: StartSearchInput): { path: string | undefined; message: string } {
  try {
    plannedRun(input);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { path: error.issues[0]?.path.join("."), message: error.message };
  }
  throw new Error("The input was accepted.");
}

const { settings: tiny } = presetNamed("tiny");

test("a preset alone gives its settings, a name, and a seed that GraphQL's Int can carry", () => {
  const run = plannedRun({ preset: "tiny" });
  expect(run.settings).toEqual(tiny);
  expect(run.name).toBe(`tiny ${run.seed}`);
  expect(run.seed).toBeGreaterThanOrEqual(0);
  expect(run.seed).toBeLessThan(2 ** 31);
});

test("partial settings are merged into the preset's, object by object; lists are replaced", () => {
  const { settings } = plannedRun({
    preset: "tiny",
    settings: { superNet: { steps: 7 }, tasks: ["mlm"] },
  });
  expect(settings).toEqual({ ...tiny, superNet: { ...tiny.superNet, steps: 7 }, tasks: ["mlm"] });
});

test("limits are merged into a preset without limits; null removes one", () => {
  const limited = plannedRun({
    preset: "tiny",
    settings: { limits: { parameters: 345_000, flops: null } },
  });
  expect(limited.settings.limits).toEqual({ parameters: 345_000, flops: null });
});

test("the settings may name the user's own text; without a name it is the built-in one", () => {
  const text = { folder: "news/2024", vocabulary: "vocab.txt" };
  expect(plannedRun({ preset: "tiny", settings: { text } }).settings.text).toEqual(text);
  expect(plannedRun({ preset: "tiny" }).settings.text).toEqual({ folder: null, vocabulary: null });
});

test("the strategy of the request takes precedence over that of its settings", () => {
  const settings = { strategy: "random" };
  const run = plannedRun({ preset: "tiny", strategy: StrategyName.EVOLUTION, settings });
  expect(run.settings.strategy).toBe("evolution");
});

test("an unknown preset is refused with the names of the known ones", () => {
  expect(refusal({ preset: "huge" })).toEqual({
    path: "input.preset",
    message: `There is no preset huge. Choose one of: ${presets.map(({ name }) => name).join(", ")}.`,
  });
});

test("an unknown setting is refused by its path, with the names of the known ones", () => {
  expect(refusal({ preset: "tiny", settings: { superNet: { stepz: 7 } } })).toEqual({
    path: "input.settings.superNet.stepz",
    message:
      "input.settings.superNet has no stepz; it has steps, branches, vanilla, batch, learningRate, warmup, checkpointEverySeconds.",
  });
});

test("a key that would reach an object's prototype is an unknown setting like any other", () => {
  const settings: unknown = JSON.parse('{"__proto__": {"steps": 1}, "constructor": 1}');
  expect(refusal({ preset: "tiny", settings }).path).toBe("input.settings.__proto__");
});

test.each([
  [{ seed: -1 }, "input.seed"],
  [{ name: " " }, "input.name"],
  [{ name: "a\0b" }, "input.name"],
  [{ name: "red\u001b[31m" }, "input.name"],
  [{ name: "two\nlines" }, "input.name"],
  [{ name: "\u009b2J" }, "input.name"],
  [{ name: "\u202etxt.exe" }, "input.name"],
  [{ idempotencyKey: "x".repeat(201) }, "input.idempotencyKey"],
  [{ settings: [1] }, "input.settings"],
  [{ settings: { superNet: 5 } }, "input.settings.superNet"],
  [{ settings: { superNet: { steps: "many" } } }, "input.settings.superNet.steps"],
  [{ settings: { generations: 10_000, childrenPerParent: 1_000 } }, "input.settings.generations"],
  [{ settings: { parents: 99 } }, "input.settings.parents"],
  [{ settings: { size: { hidden: 63 } } }, "input.settings.size.hidden"],
  [{ settings: { tasks: ["mlm", "sums"] } }, "input.settings.tasks.1"],
  [{ settings: { tasks: ["mlm", "far-swap", "mlm"] } }, "input.settings.tasks"],
  [{ settings: { tasks: Array.from({ length: 900 }, () => "mlm") } }, "input.settings.tasks"],
  [{ settings: { limits: { parameters: 1000 } } }, "input.settings.limits.parameters"],
  [{ settings: { limits: { flops: 0 } } }, "input.settings.limits.flops"],
  [{ settings: { text: { folder: "../secrets" } } }, "input.settings.text.folder"],
  [{ settings: { text: { folder: "/etc" } } }, "input.settings.text.folder"],
  [{ settings: { text: { folder: "a\\..\\b" } } }, "input.settings.text.folder"],
  [{ settings: { text: { vocabulary: "news/./vocab.txt" } } }, "input.settings.text.vocabulary"],
] as const)("%j is refused with the path %s", (input, path) => {
  const { message, path: found } = refusal({ preset: "tiny", ...input });
  expect(found).toBe(path);
  expect(message.startsWith(`${path} cannot be used: `)).toBe(true);
});
