import { describe, expect, test } from "vitest";
import { presetNamed } from "../presets.js";
import { stream } from "../random.js";
import { backboneSpace } from "../search/backboneSpace.js";
import { featureImportance, type Observation } from "./importance.js";
import { backboneProperties } from "./properties.js";
import { fitRidge } from "./ridge.js";

/** Observations whose score is a known function of three factors, one of which it does not use. */
function known(count: number, noise: number): Observation[] {
  const random = stream(3, "known scores");
  return Array.from({ length: count }, () => {
    const [strong, weak, idle] = [random.int(3), random.int(2), random.int(4)];
    return {
      score: 50 + 10 * strong + 3 * weak + noise * random.normal(),
      properties: [
        { factor: "strong", value: String(strong), amount: 1 },
        { factor: "weak", value: String(weak), amount: 1 },
        { factor: "idle", value: String(idle), amount: 1 },
        { factor: "constant", value: "always", amount: 1 },
      ],
    };
  });
}

describe("the importance of features", () => {
  test("orders factors by their influence, and gives one without influence about none", () => {
    const found = featureImportance(known(300, 1), 7);
    expect(found?.factors.map(({ factor }) => factor).slice(0, 2)).toEqual(["strong", "weak"]);
    expect(found?.explained).toBeGreaterThan(0.97);
    const [strong, weak] = found?.factors ?? [];
    // A permuted column doubles its variance among the residuals: 2 · 10² · 2/3 and 2 · 3² · 1/4.
    const variance = (100 * 2) / 3 + 9 / 4 + 1;
    expect(strong?.importance).toBeCloseTo((200 * 2) / 3 / variance, 0);
    expect(weak?.importance).toBeCloseTo(4.5 / variance, 1);
    for (const { factor, importance } of found?.factors.slice(2) ?? []) {
      expect([factor, Math.abs(importance) < 0.01]).toEqual([factor, true]);
    }
    expect(strong?.values.map(({ value }) => value)).toEqual(["2", "1", "0"]);
    expect(strong?.values.reduce((sum, { count }) => sum + count, 0)).toBe(300);
  });

  test("is the same for the same seed, and explains nothing where scores are noise", () => {
    const noise = known(200, 0).map((each, index) => ({
      ...each,
      score: stream(5, "noise", index).normal(),
    }));
    expect(featureImportance(noise, 1)).toEqual(featureImportance(noise, 1));
    expect(featureImportance(noise, 1)).not.toEqual(featureImportance(noise, 2));
    expect(featureImportance(noise, 1)?.explained).toBeLessThan(0.1);
  });

  test("is not computed from too few or equal scores", () => {
    expect(featureImportance(known(19, 1), 1)).toBeNull();
    expect(featureImportance([], 1)).toBeNull();
    const equal = known(50, 1).map((each) => ({ ...each, score: 4 }));
    expect(featureImportance(equal, 1)).toBeNull();
  });

  test("finds that a search space's scores follow the kernels of the first layer", () => {
    const { settings } = presetNamed("tiny");
    const space = backboneSpace(settings.size.layers, settings.mutation);
    const random = stream(9, "backbones");
    const observations = Array.from({ length: 400 }, () => {
      const architecture = space.sample(random);
      const [first] = architecture.layers;
      const score = (first?.kind === "conv" ? first.kernelSize : 0) + random.normal();
      return { score, properties: backboneProperties(architecture) };
    });
    const found = featureImportance(observations, 1);
    expect(found?.factors[0]?.factor).toMatch(/^(kernel|layer) 0$/);
    expect(found?.explained).toBeGreaterThan(0.9);
  });
});

test("ridge regression with a small penalty recovers a line in two columns", () => {
  const random = stream(1, "line");
  const rows = Array.from({ length: 50 }, () => Float64Array.of(random.next(), random.next()));
  const model = fitRidge(
    rows,
    rows.map(([a = 0, b = 0]) => 2 + 3 * a - b),
    1e-9,
  );
  expect(model.intercept).toBeCloseTo(2, 5);
  expect([...model.weights]).toEqual([expect.closeTo(3, 5), expect.closeTo(-1, 5)]);
});
