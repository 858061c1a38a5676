import { describe, expect, test } from "vitest";
import { crossEntropy, embedding, gelu, glu, layerNorm, linear } from "../engine/composites.js";
import { lightweightConvolution } from "../engine/lightweightConvolution.js";
import { tf, type Tensor } from "../engine/tf.js";
import { expectGradients, expectValues, tensorOf } from "./gradients.js";

const kernelSizes = [3, 5, 7, 9, 15, 31, 65];

/** Describes the parts of a layer that are not searched, and both forms of convolution. */
export function describeBlocks(): void {
  describe("parts of a layer agree with finite differences", () => {
    test("linear", () =>
      expectGradients((x, weight, bias) => linear(x, weight, bias), [[5, 3], [3, 4], [4]]));
    test("linear over more axes", () =>
      expectGradients((x, weight, bias) => linear(x, weight, bias), [[2, 5, 3], [3, 4], [4]]));
    test("linear with its weight transposed", () =>
      expectGradients((x, weight, bias) => linear(x, weight, bias, true), [[5, 3], [4, 3], [4]]));
    test("gelu", () => expectGradients(gelu, [[3, 7]], { scale: 3 }));
    test("gated linear unit", () => expectGradients(glu, [[3, 8]], { scale: 2 }));
    test("layer norm", () =>
      expectGradients((x, gain, shift) => layerNorm(x, gain, shift), [[4, 6], [6], [6]]));
    test("embedding, with rows taken twice and never", () => {
      const ids = tf.tensor2d([0, 2, 2, 4, 0, 2], [2, 3], "int32");
      expectGradients((table) => embedding(table, ids), [[6, 3]]);
    });
    test("cross-entropy, with one row left out", () => {
      const labels = tf.tensor1d([1, 0, 4], "int32");
      const weights = tf.tensor1d([1, 0, 2]);
      expectGradients((logits) => crossEntropy(logits, labels, weights), [[3, 5]], { scale: 2 });
    });
  });

  describe("convolutions agree with finite differences", () => {
    for (const k of kernelSizes) {
      test(`lightweight convolution with kernel size ${k}`, () =>
        expectGradients(
          (x, w) => lightweightConvolution(x, w),
          [
            [2, 6, 4],
            [2, k],
          ],
        ));
    }
    test("lightweight convolution with padding, with and without its softmax", () => {
      const keep = tf.tensor2d([1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0], [2, 6]);
      const shapes = [
        [2, 6, 4],
        [2, 5],
      ];
      expectGradients((x, w) => lightweightConvolution(x, w, keep), shapes);
      expectGradients((x, w) => lightweightConvolution(x, w, keep, false), shapes);
    });
    test("lightweight convolution of a sequence so long that it is cut into blocks", () =>
      expectGradients(
        (x, w) => lightweightConvolution(x, w),
        [
          [1, 400, 2],
          [2, 5],
        ],
      ));
    test("gated linear unit before the convolution", () =>
      expectGradients(
        (x, weight, bias, kernel) => lightweightConvolution(glu(linear(x, weight, bias)), kernel),
        [[2, 5, 3], [3, 8], [8], [2, 3]],
      ));
  });

  describe("parts of a layer compute their definitions", () => {
    test("lightweight convolution is the weighted sum of its definition", () => {
      const [batch, heads, width] = [2, 2, 3];
      for (const n of [7, 384, 450]) {
        for (const k of kernelSizes) {
          tf.tidy(() => {
            const x = tensorOf([batch, n, heads * width], k);
            const w = tensorOf([heads, k], k + 1);
            const expected = convolveByDefinition(x, w);
            expectValues(lightweightConvolution(x, w, undefined, false), expected);
          });
        }
      }
    });

    test("layer norm gives rows of mean 0 and variance 1", () => {
      tf.tidy(() => {
        const y = layerNorm(tensorOf([5, 8], 3, 4), tf.ones([8]), tf.zeros([8]));
        expectValues(y.sum(1), Array<number>(5).fill(0));
        expectValues(y.square().mean(1), Array<number>(5).fill(1));
      });
    });

    test("cross-entropy stays finite where the label has no probability", () => {
      tf.tidy(() => {
        const logits = tf.tensor2d([[0, 200]]);
        const loss = crossEntropy(logits, tf.tensor1d([0], "int32"), tf.ones([1]));
        expect(Number.isFinite(loss.dataSync()[0])).toBe(true);
      });
    });

    test("cross-entropy without any weight is 0 with no gradient", () => {
      tf.tidy(() => {
        const labels = tf.tensor1d([0, 1], "int32");
        const loss = (x: Tensor) => crossEntropy(x, labels, tf.zeros([2]));
        const { value, grad } = tf.valueAndGrad(loss)(tensorOf([2, 3], 1));
        expectValues(value, [0], 0);
        expectValues(grad, Array<number>(6).fill(0), 0);
      });
    });
  });
}

/** Convolves x [b, n, c] by weight [h, k] without a softmax, in double precision. */
function convolveByDefinition(x: Tensor, w: Tensor): number[] {
  const [batch = 0, n = 0, channels = 0] = x.shape;
  const [heads = 0, k = 0] = w.shape;
  const [values, weights] = [x.dataSync(), w.dataSync()];
  const result: number[] = [];
  for (let b = 0; b < batch; b++) {
    for (let i = 0; i < n; i++) {
      for (let c = 0; c < channels; c++) {
        const head = Math.floor(c / (channels / heads));
        let sum = 0;
        for (let tap = 0; tap < k; tap++) {
          const j = i + tap - (k - 1) / 2;
          if (j < 0 || j >= n) continue;
          sum += (weights[head * k + tap] ?? NaN) * (values[(b * n + j) * channels + c] ?? NaN);
        }
        result.push(sum);
      }
    }
  }
  return result;
}
