import { describe, expect, test } from "vitest";
import {
  cosine,
  euclidean,
  logSigmoid,
  matMul,
  softmax,
  softplus,
  softsign,
} from "../engine/composites.js";
import { tf, type Tensor } from "../engine/tf.js";
import { expectGradients, expectValues, tensorOf } from "./gradients.js";

/** The shape of queries in the search space: [batch, heads, n, d_h]. */
const heads = [2, 2, 3, 4];
const scores = [2, 2, 3, 3];

/** Describes the primitive operations of the search space (the AutoBERT-Zero paper, §1). */
export function describeOperations(): void {
  describe("primitive operations agree with finite differences", () => {
    test("neg", () => expectGradients((x) => tf.neg(x), [heads]));
    test("transpose", () => expectGradients((x) => x.transpose([0, 1, 3, 2]), [heads]));
    test("scale", () => expectGradients((x) => x.mul(1 / Math.sqrt(4)), [heads]));
    test("softmax", () => expectGradients((x) => softmax(x), [scores], { scale: 2 }));
    test("logsigmoid", () => expectGradients(logSigmoid, [heads], { scale: 3 }));
    test("softplus, the negative of logsigmoid", () =>
      expectGradients(softplus, [heads], { scale: 3 }));
    test("softsign", () => {
      // Away from 0, where the second derivative jumps.
      expectGradients((x) => softsign(x.add(1.5)), [heads]);
      expectGradients((x) => softsign(x.sub(1.5)), [heads]);
    });
    test("add", () => expectGradients((a, b) => a.add(b), [heads, heads]));
    test("matmul", () => expectGradients((a, b) => matMul(a, b), [scores, heads]));
    test("matmul with its right side transposed", () =>
      expectGradients((a, b) => matMul(a, b, true), [heads, heads]));
    test("cosine", () => expectGradients(cosine, [heads, [2, 2, 5, 4]], { step: 0.01 }));
    test("euclidean", () =>
      expectGradients((a, b) => euclidean(a, b.add(2)), [heads, [2, 2, 5, 4]], { step: 0.01 }));
    test("an operation whose two arguments are one tensor", () => {
      expectGradients((x) => matMul(x, x, true), [heads]);
      expectGradients((x) => cosine(x, x), [heads], { step: 0.01 });
      expectGradients((x) => euclidean(x, x), [heads], { step: 0.01 });
    });
  });

  describe("primitive operations compute their definitions", () => {
    test("softmax leaves masked columns out and its rows sum to 1", () => {
      tf.tidy(() => {
        const mask = tf.tensor([0, 0, -1e9], [1, 1, 1, 3]);
        const y = softmax(tensorOf(scores, 5, 3), mask);
        expectValues(y.sum(-1), Array<number>(12).fill(1));
        expectValues(y.slice([0, 0, 0, 2], [-1, -1, -1, 1]), Array<number>(12).fill(0), 0);
      });
    });

    test("logsigmoid is finite for large arguments", () => {
      tf.tidy(() => {
        expectValues(logSigmoid(tf.tensor1d([-100, 0, 100])), [-100, -Math.LN2, 0]);
        const [gradient] = tf.grads(logSigmoid)([tf.tensor1d([-100, 0, 100])]);
        expectValues(only(gradient), [1, 0.5, 0]);
      });
    });

    test("cosine of a row with itself is 1, with its negative −1, with zeros 0", () => {
      tf.tidy(() => {
        const row = tf.tensor2d([[3, 4]]);
        expectValues(cosine(row, tf.tensor2d([3, 4, -3, -4, 0, 0], [3, 2])), [1, -1, 0]);
        const [gradient] = tf.grads((x) => cosine(x, row))([tf.zeros([1, 2])]);
        expect(Array.from(only(gradient).dataSync()).every(Number.isFinite)).toBe(true);
      });
    });

    test("euclidean of equal rows is near 0 with no gradient", () => {
      tf.tidy(() => {
        const rows = tf.tensor2d([0, 0, 3, 4], [2, 2]);
        expectValues(euclidean(rows, rows), [0, 5, 5, 0], 2e-3);
        const [gradient] = tf.grads((x: Tensor) => euclidean(x, tf.zeros([1, 2])))([
          tf.zeros([1, 2]),
        ]);
        expectValues(only(gradient), [0, 0], 1e-6);
      });
    });

    test("euclidean of a tensor and itself is exact, however far its rows are from 0", () => {
      tf.tidy(() => {
        const [n, d] = [5, 8];
        const rows = tensorOf([n, d], 7).add(tf.linspace(10, 20, d));
        const values = rows.dataSync();
        const row = (at: number) => [...values.subarray(at * d, (at + 1) * d)];
        const distances = Array.from({ length: n * n }, (_, at) => {
          const other = row(at % n);
          const differences = row(Math.floor(at / n)).map((x, i) => x - (other[i] ?? NaN));
          return Math.hypot(1e-3, ...differences);
        });
        expectValues(euclidean(rows, rows), distances, 1e-5);
        const [gradient] = tf.grads((x: Tensor) => euclidean(x, x))([tf.fill([2, d], 15)]);
        expectValues(only(gradient), Array<number>(2 * d).fill(0), 0);
      });
    });
  });
}

function only(gradient: Tensor | undefined): Tensor {
  if (!gradient) throw new Error("one input has one gradient");
  return gradient;
}
