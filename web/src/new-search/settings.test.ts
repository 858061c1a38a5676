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

test("only what differs from the preset is sent, nested as it was", () => {
  const edits = { population: "16", "ucb.alpha": "0.5", tasks: ["mlm"] };
  expect(overrides(settings, edits)).toEqual({
    values: { ucb: { alpha: 0.5 }, tasks: ["mlm"] },
    errors: {},
  });
});

test("a setting without a value is one to type, and emptied again it has none", () => {
  expect(overrides(settings, { "text.folder": "2024" }).values).toEqual({
    text: { folder: "2024" },
  });
  expect(overrides(settings, { "text.folder": "" })).toEqual({ values: {}, errors: {} });
});

test("scientific notation is a number", () => {
  expect(overrides(settings, { "superNet.learningRate": "1e-4" }).values).toEqual({
    superNet: { learningRate: 0.0001 },
  });
});

test("what the preset leaves open may be given as a number, or stay open", () => {
  expect(overrides(settings, { "limits.flops": "2e7" }).values).toEqual({ limits: { flops: 2e7 } });
  expect(overrides(settings, { "limits.flops": "" })).toEqual({ values: {}, errors: {} });
  expect(Object.keys(overrides(settings, { "limits.flops": "few" }).errors)).toEqual([
    "limits.flops",
  ]);
});

test("what is no number is told at its field and not sent", () => {
  const { values, errors } = overrides(settings, { population: "many", "ucb.alpha": "" });
  expect(values).toEqual({});
  expect(Object.keys(errors)).toEqual(["population", "ucb.alpha"]);
});
