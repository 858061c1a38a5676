import { bertLayer, stream, type Architecture } from "@opnas/core";
import { beforeAll, describe, expect, test, vi } from "vitest";
import type { EngineName } from "../engine/choose.js";
import { startEngine } from "../engine/start.js";
import { tf } from "../engine/tf.js";
import { buildBackbone } from "../model/backbone.js";
import { copyTensors, sharedTensors, tensorNamed, type Tensors } from "../model/tensors.js";
import { GradientThread, GradientThreads } from "../training/gradientThreads.js";
import { stopAfter } from "../training/testing/stopAfter.js";
import { maskedBatches } from "../batches/masked.js";
import { smallData, smallSettings } from "../text/testing/smallData.js";
import { inherit } from "./inherit.js";
import { samplePair } from "./sample.js";
import { loadState, newSuperNet, saveState, skippedIn } from "./state.js";
import { superNetStep, trainSuperNet, type SuperNetInput, type SuperNetProgress } from "./train.js";

// A busy machine takes a multiple of the two seconds that the slowest needs.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });
let engine: EngineName;
beforeAll(async () => {
  engine = (await startEngine("auto", 1)).name;
});

const settings = smallSettings();
const data = smallData();

function run(changes: Partial<SuperNetInput> = {}): Promise<Tensors> {
  return trainSuperNet({
    settings,
    seed: 7,
    data,
    onProgress: () => undefined,
    checkpoint: () => Promise.resolve(),
    signal: new AbortController().signal,
    ...changes,
  });
}

describe("training the super-net", () => {
  test("trains both branches of every layer equally often", async () => {
    const trained = await run();
    const steps = settings.superNet.steps;
    expect([...tensorNamed(trained, "training.trained.attention").data]).toEqual([steps, steps]);
    expect([...tensorNamed(trained, "training.trained.conv").data]).toEqual([steps, steps]);
  });

  test("reports its progress, up to its last step", async () => {
    const reported: SuperNetProgress[] = [];
    await run({ onProgress: (progress) => reported.push(progress) });
    const { steps } = settings.superNet;
    expect(reported.at(-1)).toMatchObject({ step: steps, total: steps });
    for (const { step, loss } of reported) {
      expect(step).toBeGreaterThan(0);
      expect(loss).toBeGreaterThan(0);
    }
  });

  test("trains one branch of every layer in a step, if asked to", async () => {
    const superNet = { ...settings.superNet, branches: "one" } as const;
    const trained = await run({ settings: { ...settings, superNet } });
    const counts = ["attention", "conv"].map((kind) => [
      ...tensorNamed(trained, `training.trained.${kind}`).data,
    ]);
    for (const layer of [0, 1]) {
      const [attention = 0, convolution = 0] = counts.map((count) => count[layer]);
      expect(attention + convolution).toBe(superNet.steps);
    }
  });

  test("samples complementary sub-networks", () => {
    for (let step = 0; step < 20; step++) {
      const [first, second] = samplePair(settings, stream(1, "pairs", step));
      for (const [index, layer] of first.layers.entries()) {
        expect(second.layers[index]?.kind).not.toBe(layer.kind);
      }
    }
  });

  test("samples BERT's graph for the share of attention layers that is asked for", () => {
    const superNet = { ...settings.superNet, vanilla: 0.5 };
    const graphs = Array.from({ length: 100 }, (_, step) =>
      samplePair({ ...settings, superNet }, stream(1, "pairs", step)).flatMap(({ layers }) =>
        layers.flatMap((layer) => (layer.kind === "attention" ? [layer.graph] : [])),
      ),
    ).flat();
    const vanilla = graphs.filter((graph) => graph === bertLayer.graph);
    expect(Math.abs(vanilla.length / graphs.length - 0.5)).toBeLessThan(0.12);
  });

  test("stopped and resumed ends with the same bits as without a stop", async () => {
    const whole = await run();
    let saved: Tensors | undefined;
    const cutOff = run({
      signal: stopAfter(3),
      checkpoint: (tensors) => {
        saved = tensors;
        return Promise.resolve();
      },
    });
    await expect(cutOff).rejects.toMatchObject({ code: "STOPPED" });
    expect(saved && tensorNamed(saved, "training.progress").data[0]).toBe(3);
    const resume = saved && loadState(saved, settings.size);
    expect(await run({ resume })).toEqual(whole);
    expect([...whole.keys()].filter((name) => name.startsWith("adam."))).toEqual([]);
  });

  test("has the same bits with a second thread", async () => {
    const startThreads = (weights: Tensors) =>
      GradientThreads.start(engine, settings.size, weights, 2);
    expect(await run({ startThreads })).toEqual(await run());
  });

  test("fails with the reason for which a second thread failed", async () => {
    const thread = await GradientThread.start(engine, settings.size, new Map());
    const [architecture] = samplePair(settings, stream(1, "pairs", 0));
    const batch = maskedBatches(settings, data, 4, 1, "test")(0);
    thread.begin({ architecture, reuse: "once", batch });
    expect(() => thread.finish()).toThrow('no tensor "embedding.token.weight"');
    await thread.end();
  });

  test("gives another super-net for another seed", async () => {
    expect(await run({ seed: 8 })).not.toEqual(await run());
  });

  test("refuses a checkpoint of another size", async () => {
    let small: Tensors = new Map();
    await run({
      settings: { ...settings, superNet: { ...settings.superNet, steps: 1 } },
      checkpoint: (tensors) => {
        small = tensors;
        return Promise.resolve();
      },
    });
    const other = { ...settings.size, hidden: 32 };
    expect(() => loadState(small, other)).toThrow("has the shape [40, 16]");
  });

  test("lowers the loss", () => {
    const state = newSuperNet(settings.size, 7);
    const threads = GradientThreads.single(settings.size, state.weights);
    const batchOf = maskedBatches(settings, data, 8, 7, "super-net");
    const losses = Array.from({ length: 150 }, (_, step) => {
      const pair = samplePair(settings, stream(7, "super-net: sub-networks", step));
      return superNetStep(threads, state, { subNetworks: pair, batch: batchOf(step) }, 3e-3);
    });
    const mean = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length;
    // At first it is above that of guessing evenly among 35 words.
    expect(mean(losses.slice(0, 10))).toBeGreaterThan(Math.log(35));
    expect(mean(losses.slice(-30))).toBeLessThan(Math.log(35));
  });
});

describe("a step of the super-net", () => {
  const batchOf = maskedBatches(settings, data, 4, 1, "test");

  test.each([1, 2])(
    "leaves out and counts a sub-network that is not finite, by %i threads",
    async (count) => {
      const state = newSuperNet(settings.size, 1);
      state.weights = sharedTensors(state.weights);
      const threads = await GradientThreads.start(engine, settings.size, state.weights, count);
      tensorNamed(state.weights, "layer.0.attention.q.weight").data.fill(NaN);
      const before = tensorNamed(state.weights, "layer.1.attention.q.weight").data.slice();
      const conv = { kind: "conv", kernelSize: 5 } as const;
      const pair: [Architecture, Architecture] = [
        { version: 1, layers: [conv, bertLayer] },
        { version: 1, layers: [bertLayer, conv] },
      ];
      const loss = superNetStep(threads, state, { subNetworks: pair, batch: batchOf(0) }, 1e-3);
      expect(state.skipped).toBe(1);
      expect(skippedIn(saveState(state))).toBe(1);
      expect(state.trained).toEqual({ attention: [0, 1], conv: [1, 0] });
      expect(Number.isFinite(loss)).toBe(true);
      expect(tensorNamed(state.weights, "layer.1.attention.q.weight").data).not.toEqual(before);
      for (const [name, { data }] of state.weights) {
        if (name !== "layer.0.attention.q.weight")
          expect(data.every(Number.isFinite), name).toBe(true);
      }
      await threads.end();
    },
  );

  test("leaves nothing on the engine", () => {
    const state = newSuperNet(settings.size, 1);
    const threads = GradientThreads.single(settings.size, state.weights);
    const afterStep = (step: number) => {
      const pair = samplePair(settings, stream(1, "pairs", step));
      superNetStep(threads, state, { subNetworks: pair, batch: batchOf(step) }, 1e-3);
      return tf.memory().numTensors;
    };
    // The first step makes the few constants that an engine keeps.
    const kept = afterStep(0);
    for (let step = 1; step < 6; step++) expect(afterStep(step)).toBe(kept);
  });
});

describe("inheriting", () => {
  test("copies the branches that a candidate has, of kernels the middle", async () => {
    const superNet = await run();
    const before = copyTensors(superNet);
    const architecture: Architecture = {
      version: 1,
      layers: [bertLayer, { kind: "conv", kernelSize: 5 }],
    };
    const weights = inherit(superNet, buildBackbone(settings.size, architecture));
    const { data: own, shape } = tensorNamed(weights, "layer.1.conv.kernel");
    const { data: shared } = tensorNamed(superNet, "layer.1.conv.kernel");
    expect(shape).toEqual([2, 5]);
    expect([...own]).toEqual([...shared.slice(30, 35), ...shared.slice(65 + 30, 65 + 35)]);
    expect(weights.has("layer.0.attention.p.weight")).toBe(false);
    expect(weights.has("layer.0.conv.kernel")).toBe(false);
    for (const { data } of weights.values()) data.fill(0);
    expect(superNet).toEqual(before);
  });
});
