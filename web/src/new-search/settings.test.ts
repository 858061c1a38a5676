import { expect, test } from "vitest";
import { flatten, overrides } from "./settings";

const settings = flatten({
  population: 16,
  ucb: { alpha: 2, temperature: 2 },
  superNet: { learningRate: 3e-3 },
  tasks: ["mlm", "swap"],
  limits: { flops: null },
  text: { folder: null },
  unknown: [1, 2],
});

test("nested settings become a flat list with dotted paths, in order", () => {
  expect(settings.map(({ path }) => path)).toEqual([
    "population",
    "ucb.alpha",
    "ucb.temperature",
    "superNet.learningRate",
    "tasks",
    "limits.flops",
    "text.folder",
  ]);
});

test("only settings that differ from the preset are sent, nested as in the preset", () => {
  const edits = { population: "16", "ucb.alpha": "0.5", tasks: ["mlm"] };
  expect(overrides(settings, edits)).toEqual({
    values: { ucb: { alpha: 0.5 }, tasks: ["mlm"] },
    errors: {},
  });
});

test("a setting that is not set can be typed, and is not sent if it is emptied again", () => {
  expect(overrides(settings, { "text.folder": "2024" }).values).toEqual({
    text: { folder: "2024" },
  });
  expect(overrides(settings, { "text.folder": "" })).toEqual({ values: {}, errors: {} });
});

test("a number may be in scientific notation", () => {
  expect(overrides(settings, { "superNet.learningRate": "1e-4" }).values).toEqual({
    superNet: { learningRate: 0.0001 },
  });
});

test("a number may be typed for a setting that is null in the preset, or left empty", () => {
  expect(overrides(settings, { "limits.flops": "2e7" }).values).toEqual({ limits: { flops: 2e7 } });
  expect(overrides(settings, { "limits.flops": "" })).toEqual({ values: {}, errors: {} });
  expect(Object.keys(overrides(settings, { "limits.flops": "few" }).errors)).toEqual([
    "limits.flops",
  ]);
});

test("a value that is not a number is reported at its field and not sent", () => {
  const { values, errors } = overrides(settings, { population: "many", "ucb.alpha": "" });
  expect(values).toEqual({});
  expect(Object.keys(errors)).toEqual(["population", "ucb.alpha"]);
});
