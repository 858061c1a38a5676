import { describe, expect, test } from "vitest";
import { presets } from "../presets.js";
import { defaultPretraining, pretrainSettingsSchema, stepsPerPoint } from "./pretraining.js";

describe("settings of a pre-training", () => {
  test.each(presets.map(({ name, settings }) => [name, settings.size] as const))(
    "by default are valid at the size of %s",
    (_name, size) => {
      const settings = defaultPretraining(size);
      expect(pretrainSettingsSchema.parse(settings)).toEqual(settings);
    },
  );

  test.each([{ steps: 0 }, { accumulate: 0 }, { masking: 0 }, { weightDecay: -1 }, { seed: 1 }])(
    "cannot be %o",
    (change) => {
      const size = {
        layers: 2,
        hidden: 32,
        heads: 2,
        vocabulary: 1024,
        length: 32,
        rawKernels: false,
      };
      const settings = { ...defaultPretraining(size), ...change };
      expect(pretrainSettingsSchema.safeParse(settings).success).toBe(false);
    },
  );

  test("have a loss curve of one point a step, but never more than 2,000", () => {
    expect([1, 2_000, 2_001, 1_000_000].map(stepsPerPoint)).toEqual([1, 1, 2, 500]);
  });
});
