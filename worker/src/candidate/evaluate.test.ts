import { bertLayer, type Architecture } from "@opnas/core";
import type { CandidateResult } from "@opnas/prisma";
import { beforeAll, describe, expect, test, vi } from "vitest";
import { startEngine } from "../engine/start.js";
import { tf } from "../engine/tf.js";
import { buildBackbone } from "../model/backbone.js";
import { copyTensors, type Tensors } from "../model/tensors.js";
import { newSuperNet, saveState } from "../supernet/state.js";
import { textTensor } from "../training/checkpoints.js";
import { stopAfter } from "../training/testing/stopAfter.js";
import { DivergedError } from "../training/step.js";
import { evaluateCandidate, trainAlone } from "./evaluate.js";
import { tuneStably } from "./fineTune.js";
import { loadState } from "./state.js";
import { smallData, smallSettings } from "../text/testing/smallData.js";

// A busy machine takes a multiple of the two seconds that the slowest needs.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });
beforeAll(() => startEngine("auto", 1));

const settings = smallSettings();
const data = smallData();
const superNet = (): Tensors => saveState(newSuperNet(settings.size, 1));
const architecture: Architecture = {
  version: 1,
  layers: [bertLayer, { kind: "conv", kernelSize: 3 }],
};
const input = {
  architecture,
  key: "a key",
  settings,
  seed: 3,
  data,
  signal: new AbortController().signal,
};

/** All but the seconds it took. */
function scored({ timings, stepSeconds, stepRatio, ...rest }: CandidateResult) {
  expect(stepRatio).toBeGreaterThan(0);
  expect(stepSeconds).toBeNull(); // Three steps each are too few for a median.
  expect(Object.values(timings).every((seconds) => seconds >= 0)).toBe(true);
  return rest;
}

describe("evaluating a candidate", () => {
  test("gives the same to the bit every time, whatever was evaluated before", async () => {
    const shared = superNet();
    const first = await evaluateCandidate({ ...input, superNet: shared });
    await evaluateCandidate({
      ...input,
      key: "another",
      architecture: { version: 1, layers: [bertLayer, bertLayer] },
      superNet: shared,
    });
    const again = await evaluateCandidate({ ...input, superNet: shared });
    expect(scored(again)).toEqual(scored(first));
  });

  test("changes neither the shared weights nor what is on the engine", async () => {
    const shared = superNet();
    await evaluateCandidate({ ...input, superNet: shared });
    const tensors = tf.memory().numTensors;
    await evaluateCandidate({ ...input, superNet: shared });
    expect(shared).toEqual(superNet());
    expect(tf.memory().numTensors).toBe(tensors);
  });

  test("scores every task between 0 and 100 and takes their mean", async () => {
    const { score, taskScores } = await evaluateCandidate({ ...input, superNet: superNet() });
    expect(taskScores.map(({ task }) => task)).toEqual(["mlm", "swap", "half-order"]);
    for (const task of taskScores) {
      expect(task.score).toBeGreaterThanOrEqual(0);
      expect(task.score).toBeLessThanOrEqual(100);
    }
    expect(score).toBeCloseTo(taskScores.reduce((sum, { score }) => sum + score, 0) / 3, 10);
  });

  test("flags a candidate that has not learned, and scores it all the same", async () => {
    const result = await evaluateCandidate({ ...input, superNet: superNet() });
    expect(result.stability).toBe("NO_LEARNING");
    expect(result.score).toBeGreaterThan(0);
  });

  test("measures how alike tokens are, after the embedding and each layer", async () => {
    const { tokenUniformity } = await evaluateCandidate({ ...input, superNet: superNet() });
    expect(tokenUniformity).toHaveLength(3);
    expect(tokenUniformity?.every((value) => value > -1 && value < 1)).toBe(true);
  });

  test("times a step where enough of them run", async () => {
    const candidate = { ...settings.candidate, steps: 8 };
    const fineTune = { ...settings.fineTune, steps: 8 };
    for (const changed of [
      { ...settings, candidate },
      { ...settings, fineTune },
    ]) {
      const result = await evaluateCandidate({ ...input, settings: changed, superNet: superNet() });
      const { trainSeconds, fineTuneSeconds } = result.timings;
      expect(result.stepSeconds).toBeGreaterThan(0);
      expect(result.stepSeconds).toBeLessThan(trainSeconds + fineTuneSeconds);
    }
  });

  test("scores 0 when the weights are no longer finite", async () => {
    const shared = superNet();
    shared.get("layer.1.conv.out.weight")?.data.fill(NaN);
    const tensors = tf.memory().numTensors;
    const result = await evaluateCandidate({ ...input, superNet: shared });
    expect(result).toMatchObject({
      score: 0,
      stability: "DIVERGED",
      tokenUniformity: null,
      stepRatio: null,
    });
    expect(tf.memory().numTensors).toBe(tensors);
  });

  test("that diverges in one fine-tuning scores 0 in that task only", async () => {
    const usual = await evaluateCandidate({ ...input, superNet: superNet() });
    const tensors = tf.memory().numTensors;
    const fineTune = { ...settings.fineTune, learningRate: 1e30 };
    const wild = { ...settings, fineTune };
    const result = await evaluateCandidate({ ...input, settings: wild, superNet: superNet() });
    expect(result.stability).toBe(usual.stability);
    const fineTuned = data.tasks.filter(({ kind }) => kind === "fineTuned");
    expect(fineTuned.length).toBeGreaterThan(0);
    for (const [at, { kind }] of data.tasks.entries()) {
      const zero = { score: 0, diverged: true };
      expect(result.taskScores[at]).toMatchObject(
        kind === "fineTuned" ? zero : (usual.taskScores[at] ?? zero),
      );
    }
    expect(result.score).toBeGreaterThan(0);
    expect(tf.memory().numTensors).toBe(tensors);
  });

  test("tries a diverged fine-tuning once more at half the rate", async () => {
    const rates: number[] = [];
    const steadyBelow = (limit: number) => (rate: number) => {
      rates.push(rate);
      return rate < limit ? Promise.resolve(70) : Promise.reject(new DivergedError());
    };
    expect(await tuneStably(0.5, steadyBelow(1))).toEqual({ score: 70, diverged: false });
    expect(await tuneStably(1, steadyBelow(1))).toEqual({ score: 70, diverged: false });
    expect(await tuneStably(4, steadyBelow(1))).toEqual({ score: 0, diverged: true });
    expect(rates).toEqual([0.5, 1, 0.5, 4, 2]);
    await expect(tuneStably(1, () => Promise.reject(new Error("odd")))).rejects.toThrow("odd");
  });

  test("stops between two steps", async () => {
    const tensors = tf.memory().numTensors;
    await expect(
      evaluateCandidate({ ...input, superNet: superNet(), signal: stopAfter(4) }),
    ).rejects.toMatchObject({ code: "STOPPED" });
    expect(tf.memory().numTensors).toBe(tensors);
  });
});

describe("an evaluation that was cut off", () => {
  // Saves after every step and task.
  const eager = { ...settings, superNet: { ...settings.superNet, checkpointEverySeconds: 1e-9 } };
  const none: Tensors = new Map();
  const { parameters } = buildBackbone(settings.size, architecture);
  const resumed = (tensors: Tensors) => loadState(copyTensors(tensors), parameters);

  test("ends with the same bits from every one of its checkpoints, and from its result", async () => {
    const whole = scored(await evaluateCandidate({ ...input, superNet: superNet() }));
    const saved: { progress: number; tensors: Tensors }[] = [];
    const save = (tensors: Tensors, progress: number) => {
      saved.push({ progress, tensors: copyTensors(tensors) });
      return Promise.resolve();
    };
    const checkpoints = { resume: undefined, save };
    const run = { ...input, settings: eager };
    expect(scored(await evaluateCandidate({ ...run, superNet: superNet(), checkpoints }))).toEqual(
      whole,
    );
    // Three steps, held-out words, three tasks, the result.
    expect(saved.map(({ progress }) => progress)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    for (const { tensors } of saved) {
      const resume = resumed(tensors);
      const again = { resume, save: () => Promise.resolve() };
      const result = await evaluateCandidate({ ...run, superNet: none, checkpoints: again });
      expect(scored(result)).toEqual(whole);
    }
  });

  test("leaves a checkpoint wherever it is stopped, and none if it is quick and is not", async () => {
    const whole = scored(await evaluateCandidate({ ...input, superNet: superNet() }));
    for (const steps of [0, 2, 3, 4, 6, 8]) {
      let resume: ReturnType<typeof loadState> | undefined;
      const save = (tensors: Tensors) => {
        resume = resumed(tensors);
        return Promise.resolve();
      };
      const cut = { ...input, superNet: superNet(), signal: stopAfter(steps) };
      await expect(
        evaluateCandidate({ ...cut, checkpoints: { resume: undefined, save } }),
      ).rejects.toMatchObject({ code: "STOPPED" });
      expect(resume === undefined).toBe(steps === 0);
      const result = await evaluateCandidate({
        ...input,
        superNet: steps === 0 ? superNet() : none,
        checkpoints: { resume, save: () => Promise.resolve() },
      });
      expect(scored(result)).toEqual(whole);
    }
    const save = () => Promise.reject(new Error("a needless checkpoint"));
    const checkpoints = { resume: undefined, save };
    // A busy machine is not quick within the usual two seconds.
    const seldom = { ...settings.superNet, checkpointEverySeconds: 600 };
    const patient = { ...input, settings: { ...settings, superNet: seldom } };
    await evaluateCandidate({ ...patient, superNet: superNet(), checkpoints });
  });

  test("refuses a checkpoint of another form", () => {
    const load = (name: string, text: string) => () =>
      loadState(new Map([[name, textTensor(text)]]), parameters);
    for (const name of ["candidate.result", "candidate.parts"]) {
      for (const text of ["{", "{}"]) {
        expect(load(name, text)).toThrow("not of a form that this version knows");
      }
    }
  });
});

describe("training alone", () => {
  test("learns what inherited weights without training do not know", async () => {
    const plan = { steps: 150, batch: 8, learningRate: 1e-2 };
    const result = await trainAlone({ ...input, plan });
    expect(result.stability).toBe("STABLE");
    expect(result.heldOutAccuracy).toBeGreaterThan(0.5);
  });
});
