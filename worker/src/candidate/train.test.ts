import { bertLayer } from "@opnas/core";
import { afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { useRecordings } from "../engine/recording/load.js";
import { startEngine } from "../engine/start.js";
import { buildBackbone } from "../model/backbone.js";
import { initialWeights } from "../model/parameters.js";
import { trainCandidate, StepTimer } from "./train.js";
import { smallData, smallSettings } from "../text/testing/smallData.js";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });
beforeAll(() => startEngine("auto", 1));
afterEach(() => void vi.restoreAllMocks());

test("a training so long that its step is compiled ends with the bits of one that is not", async () => {
  const settings = smallSettings();
  const { size } = settings;
  const context = { settings, data: smallData(), seed: 1, purpose: "test" };
  const plan = { steps: 220, batch: 4, learningRate: 3e-3 };
  const trained = async () => {
    const conv = { kind: "conv", kernelSize: 5 } as const;
    const backbone = buildBackbone(size, { version: 1, layers: [bertLayer, conv] });
    const weights = initialWeights(backbone.parameters, 1);
    const { signal } = new AbortController();
    await trainCandidate(backbone, weights, plan, context, { signal });
    return weights;
  };
  const whole = await trained();
  useRecordings(undefined);
  expect(await trained()).toEqual(whole);
});

describe("StepTimer", () => {
  test("reports the median of the candidate's own steps, leaving the first out", () => {
    expect(timed([900, 10, 30, 20, 500, 40], [1, 1, 1, 1, 1, 1]).median()).toBeCloseTo(0.03);
    expect(timed([900, 10, 30, 20, 500, 40, 20]).median()).toBeCloseTo(0.025);
  });

  test("reports fine-tuning's median where the candidate had fewer than five", () => {
    expect(timed([9, 9, 9, 9, 9], [700, 4, 5, 6, 7, 8]).median()).toBeCloseTo(0.006);
  });

  test("reports null where neither phase had five steps", () => {
    expect(timed([9, 9, 9, 9, 9], [7, 4, 5, 6, 7]).median()).toBeNull();
    expect(timed([]).median()).toBeNull();
  });
});

/** A timer to which the steps of one training, of these milliseconds, have been reported. */
function timed(train: readonly number[], fineTune: readonly number[] = []): StepTimer {
  const timer = new StepTimer();
  let now = 1_000;
  vi.spyOn(performance, "now").mockImplementation(() => now);
  for (const [phase, lengths] of [
    ["train", train],
    ["fine-tune", fineTune],
  ] as const) {
    for (const [index, milliseconds] of lengths.entries()) {
      now += milliseconds;
      timer.record({ phase, done: index + 1, total: lengths.length });
      timer.record({ phase: "score", done: 1, total: 1 });
    }
  }
  return timer;
}
