import { bertLayer, defaultPretraining, type Architecture } from "@opnas/core";
import type { LossPoint } from "@opnas/prisma";
import { beforeAll, describe, expect, test, vi } from "vitest";
import type { EngineName } from "../engine/choose.js";
import { useRecordings } from "../engine/recording/load.js";
import { startEngine } from "../engine/start.js";
import { tensorNamed, type Tensors } from "../model/tensors.js";
import { GradientThreads } from "../training/gradientThreads.js";
import { stopAfter } from "../training/testing/stopAfter.js";
import { smallData, smallSettings } from "../text/testing/smallData.js";
import { loadState } from "./state.js";
import { pretrainModel, type PretrainInput } from "./train.js";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });
let engine: EngineName;
beforeAll(async () => {
  engine = (await startEngine("auto", 1)).name;
});

const architecture: Architecture = {
  version: 1,
  layers: [bertLayer, { kind: "conv", kernelSize: 5 }],
};
const settings = {
  ...defaultPretraining(smallSettings().size),
  steps: 12,
  batch: 4,
  accumulate: 2,
  learningRate: 3e-3,
  checkpointEverySeconds: 1e4,
};

/** A training's weights, and its loss curve without its speeds. */
async function train(changes: Partial<PretrainInput> = {}) {
  const points: LossPoint[] = [];
  const weights = await pretrainModel({
    architecture,
    settings,
    seed: 7,
    data: smallData(),
    onProgress: (_, more) => points.push(...more),
    checkpoint: () => Promise.resolve(),
    signal: new AbortController().signal,
    ...changes,
  });
  return { weights, losses: lossesOf(points) };
}

function lossesOf(points: readonly LossPoint[]) {
  return points.map(({ step, maskedLoss, nextSentenceLoss, learningRate }) => {
    return { step, maskedLoss, nextSentenceLoss, learningRate };
  });
}

describe("a full pre-training", () => {
  test("reports every step once, its learning rate rising and then falling", async () => {
    const { losses } = await train();
    expect(losses.map(({ step }) => step)).toEqual(Array.from({ length: 12 }, (_, at) => at + 1));
    const rates = losses.map(({ learningRate }) => learningRate);
    expect(Math.max(...rates)).toBe(3e-3);
    expect(rates.at(-1)).toBeLessThan(1e-3);
  });

  test("stopped and resumed has the same losses and ends with the same bits", async () => {
    const whole = await train();
    let saved: Tensors | undefined;
    const cutOff = train({
      signal: stopAfter(5),
      checkpoint: (tensors) => {
        saved = tensors;
        return Promise.resolve();
      },
    });
    await expect(cutOff).rejects.toMatchObject({ code: "STOPPED" });
    expect(saved && tensorNamed(saved, "training.progress").data[0]).toBe(5);
    expect(await train({ resume: saved && loadState(saved, architecture, settings) })).toEqual(
      whole,
    );
  });

  test("resumed within a point of the loss curve reports the same mean", async () => {
    const long = { ...settings, steps: 4001, batch: 1, accumulate: 1 };
    const stopAt = async (step: number, resume?: Tensors) => {
      let saved: Tensors | undefined;
      const points: LossPoint[] = [];
      const cutOff = pretrainModel({
        architecture,
        settings: long,
        seed: 7,
        data: smallData(),
        resume: resume && loadState(resume, architecture, long),
        onProgress: (_, more) => points.push(...more),
        signal: stopAfter(step),
        checkpoint: (tensors) => {
          saved = tensors;
          return Promise.resolve();
        },
      });
      await expect(cutOff).rejects.toMatchObject({ code: "STOPPED" });
      return { saved, curve: saved && tensorNamed(saved, "training.curve").data };
    };
    const losses = (curve?: Float32Array) => curve?.filter((_, at) => at % 3 < 2);
    const whole = await stopAt(8);
    const { saved } = await stopAt(4);
    const rest = await stopAt(4, saved);
    expect(losses(rest.curve)).toEqual(losses(whole.curve));
  });

  test("learns both tasks", async () => {
    const steps = 300;
    const quick = { learningRate: 1e-2, masking: 0.3, batch: 16, accumulate: 1 };
    const { losses } = await train({ settings: { ...settings, ...quick, steps } });
    const mean = (from: number, name: "maskedLoss" | "nextSentenceLoss") =>
      losses.slice(from, from + 20).reduce((sum, loss) => sum + loss[name], 0) / 20;
    expect(mean(steps - 20, "maskedLoss")).toBeLessThan(mean(0, "maskedLoss") - 1);
    // A coin gives ln 2, about 0.69.
    expect(mean(steps - 20, "nextSentenceLoss")).toBeLessThan(0.4);
  });

  test("says what to change when the loss is no longer finite", async () => {
    const settingsThatDiverge = { ...settings, learningRate: 1, warmup: 0, weightDecay: 1e30 };
    await expect(train({ settings: settingsThatDiverge })).rejects.toThrow(
      /no longer finite at step \d+: choose a smaller learning rate/,
    );
  });

  test("refuses a checkpoint of another training", async () => {
    let saved: Tensors = new Map();
    const checkpoint = (tensors: Tensors) => {
      saved = tensors;
      return Promise.resolve();
    };
    await train({ settings: { ...settings, steps: 1 }, checkpoint });
    const load = () => loadState(saved, architecture, settings);
    expect(load).toThrow("loss curve is of another length");
  });

  test("has the same bits with a second thread, and without recordings", async () => {
    const whole = await train();
    const startThreads = (weights: Tensors) =>
      GradientThreads.start(engine, settings.size, weights, 2);
    expect(await train({ startThreads })).toEqual(whole);
    useRecordings(undefined);
    expect(await train()).toEqual(whole);
  });
});
