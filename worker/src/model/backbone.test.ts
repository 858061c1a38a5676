import {
  autobertZeroBase,
  bertLayer,
  graphInputs,
  kernelSizes,
  parameterCount,
  sampleBackbone,
  stream,
  withDepth,
  type Architecture,
} from "@opnas/core";
import { beforeAll, describe, expect, test, vi } from "vitest";
import { padId } from "../text/types.js";
import { startEngine } from "../engine/start.js";
import { valueAndGradients } from "../engine/recording/recordable.js";
import { countingSequences, smallSettings } from "../text/testing/smallData.js";
import { buildBackbone, type Backbone } from "./backbone.js";
import { maskedLoss } from "./taskHeads.js";
import { tokenBatch } from "./batch.js";
import { initialWeights } from "./parameters.js";
import { inScope, tf } from "../engine/tf.js";
import { upload, weightsOf, type Tensors } from "./tensors.js";

// A busy machine takes a multiple of the two seconds that the slowest needs.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });
beforeAll(() => startEngine("auto", 1));

const { size } = smallSettings();
const conv = (kernelSize: (typeof kernelSizes)[number]) => ({ kind: "conv", kernelSize }) as const;

/** Hidden states of one batch, row after row. */
function hiddenStates(
  backbone: Backbone,
  weights: Tensors,
  ids: Int32Array,
  rows: number,
): Float32Array {
  return inScope(() => {
    const on = weightsOf(upload(weights, weights.keys()));
    const batch = tokenBatch(ids, rows, ids.length / rows);
    return Float32Array.from(backbone.encode(on, batch).dataSync());
  });
}

function expectPaddingIgnored(architecture: Architecture, scoreScale = 1): void {
  const backbone = buildBackbone(size, architecture);
  const weights = initialWeights(backbone.parameters, 5);
  for (const [name, { data }] of weights) {
    if (/\.[qk]\.weight$/.test(name)) data.forEach((x, at) => (data[at] = x * scoreScale));
  }
  const { ids, count, length } = countingSequences(3, true);
  const padded = hiddenStates(backbone, weights, ids, count);
  for (let row = 0; row < count; row++) {
    const sentence = ids.subarray(row * length, (row + 1) * length).filter((id) => id !== padId);
    const alone = hiddenStates(backbone, weights, sentence, 1);
    const together = padded.subarray(row * length * size.hidden);
    const scale = Math.max(1, ...alone.map(Math.abs));
    for (const [at, value] of alone.entries()) {
      const error = Math.abs(value - (together[at] ?? NaN)) / scale;
      if (!(error < 1e-3)) expect.fail(`off by ${error} in ${JSON.stringify(architecture)}`);
    }
  }
}

describe("padding changes nothing", () => {
  test("for 60 random backbones", () => {
    const random = stream(2, "backbones");
    for (let count = 0; count < 60; count++) {
      expectPaddingIgnored(sampleBackbone(size.layers, 8, random));
    }
  });

  test("for scores of a size at which a billion is nothing", () => {
    expectPaddingIgnored({ version: 1, layers: [bertLayer, bertLayer] }, 1e9);
  });

  test("for every kernel size", () => {
    for (const kernelSize of kernelSizes) {
      expectPaddingIgnored({ version: 1, layers: [conv(kernelSize), conv(3)] });
    }
  });

  test("for the published backbone", () => expectPaddingIgnored(withDepth(autobertZeroBase, 12)));

  test("where cosine, Euclidean distance and products run along the tokens", () => {
    expectPaddingIgnored({
      version: 1,
      layers: [
        {
          kind: "attention",
          graph: {
            inputs: ["Q", "K", "V"],
            nodes: [
              { op: "transpose", args: ["Q"] },
              { op: "transpose", args: ["K"] },
              { op: "cosine", args: [0, 1] },
              { op: "euclidean", args: [0, 1] },
              { op: "add", args: [2, 3] },
              { op: "matmul", args: ["V", 4] },
              { op: "softmax", args: [0] },
              { op: "matmul", args: [6, "K"] },
              { op: "matmul", args: [5, 7] },
            ],
            output: 8,
          },
        },
        bertLayer,
      ],
    });
  });
});

describe("parameters", () => {
  test("are as many as `parameterCount` of core counts, for 50 random backbones", () => {
    const random = stream(4, "backbones");
    for (let count = 0; count < 50; count++) {
      const architecture = sampleBackbone(3, 10, random);
      const { parameters } = buildBackbone({ ...size, layers: 3 }, architecture);
      const total = parameters
        .map(({ shape }) => shape.reduce((product, length) => product * length, 1))
        .reduce((sum, count) => sum + count, 0);
      expect(total).toBe(parameterCount(architecture, { ...size, layers: 3 }));
    }
  });

  test("all get a gradient", () => {
    const graph = {
      inputs: [...graphInputs],
      nodes: [
        { op: "transpose", args: ["K"] },
        { op: "matmul", args: ["Q", 0] },
        { op: "softmax", args: [1] },
        { op: "matmul", args: [2, "V"] },
        { op: "add", args: [3, "P"] },
      ],
      output: 4,
    } satisfies Extract<Architecture["layers"][number], { kind: "attention" }>["graph"];
    const backbone = buildBackbone(size, {
      version: 1,
      layers: [{ kind: "attention", graph }, conv(5)],
    });
    const weights = initialWeights(backbone.parameters, 1);
    const { ids, count, length } = countingSequences(4, false);
    const names = backbone.parameters.map(({ name }) => name);
    const gradients = inScope(() => {
      const uploaded = upload(weights, names);
      const on = weightsOf(uploaded);
      const loss = () => {
        const states = backbone.encode(on, tokenBatch(ids, count, length));
        return maskedLoss(on, [states], [positions, targets]);
      };
      const positions = tf.tensor1d([1, 14, 27], "int32");
      const targets = tf.tensor1d([9, 8, 7], "int32");
      const found = valueAndGradients(loss, [...uploaded.values()]).gradients;
      return new Map(
        names.flatMap((name, at) => {
          const gradient = found[at];
          return gradient ? [[name, Float32Array.from(gradient.dataSync())] as const] : [];
        }),
      );
    });
    expect([...gradients.keys()].sort()).toEqual([...names].sort());
    for (const [name, gradient] of gradients) {
      expect(gradient.length).toBe(weights.get(name)?.data.length);
      // A bias of K shifts all scores of a row alike, which a softmax does not see.
      if (name.endsWith(".k.bias")) continue;
      expect(
        gradient.some((value) => Math.abs(value) > 1e-9),
        name,
      ).toBe(true);
    }
  });

  test("have equal initial values for equal seeds and others for different seeds", () => {
    const { parameters } = buildBackbone(size, { version: 1, layers: [bertLayer, conv(3)] });
    const [first, again, other] = [1, 1, 2].map((seed) => initialWeights(parameters, seed));
    expect(again).toEqual(first);
    expect(other).not.toEqual(first);
  });
});
