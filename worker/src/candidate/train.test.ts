import { bertLayer } from "@opnas/core";
import { beforeAll, expect, test, vi } from "vitest";
import { useRecordings } from "../engine/recording/load.js";
import { startEngine } from "../engine/start.js";
import { buildBackbone } from "../model/backbone.js";
import { initialWeights } from "../model/parameters.js";
import { newTraining, trainCandidate } from "./train.js";
import { smallData, smallSettings } from "../text/testing/smallData.js";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });
beforeAll(() => startEngine("auto", 1));

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
    await trainCandidate(backbone, newTraining(weights), plan, context, { signal });
    return weights;
  };
  const whole = await trained();
  useRecordings(undefined);
  expect(await trained()).toEqual(whole);
});
