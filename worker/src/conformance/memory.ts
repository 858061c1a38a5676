import { describe, expect, test } from "vitest";
import { gelu, layerNorm, linear, softmax } from "../engine/composites.js";
import { fetchInto, floats } from "../engine/hostTensor.js";
import { tf } from "../engine/tf.js";
import { tensorOf } from "./gradients.js";

/** Describes that composites leave no tensors behind. */
export function describeKeptMemory(): void {
  describe("composites keep nothing alive", () => {
    test("neither after a gradient nor after a forward pass alone", () => {
      const inputs = [tensorOf([4, 3], 1), tensorOf([3, 3], 2), tensorOf([3], 3)];
      const network = (...[x, w, b]: typeof inputs) => {
        if (!x || !w || !b) throw new Error("three inputs");
        return layerNorm(gelu(linear(x, w, b)), b, b).sum();
      };
      const before = tf.memory();
      for (let i = 0; i < 3; i++) {
        tf.tidy(() => void tf.grads(network)(inputs));
        tf.tidy(() => void network(...inputs));
      }
      const after = tf.memory();
      expect(after.numTensors).toBe(before.numTensors);
      expect(after.numDataBuffers).toBe(before.numDataBuffers);
      tf.dispose(inputs);
    });
  });
}

/** Describes the copying of tensors into arrays. */
export function describeFetch(): void {
  test("the numbers of tensors are copied into arrays", () => {
    const before = tf.memory().numTensors;
    const [a, b] = [tensorOf([4, 3], 1), tensorOf([], 2)];
    const sum = a.add(b);
    const arrays = [new Float32Array(12), new Float32Array(new SharedArrayBuffer(4))];
    fetchInto([sum, b], arrays);
    expect(arrays.map((array) => [...array])).toEqual([[...floats(sum)], [...floats(b)]]);
    tf.dispose([a, b, sum]);
    expect(tf.memory().numTensors).toBe(before);
  });
}

/** Describes that computations repeat to the bit. */
export function describeSameBits(): void {
  test("the same inputs give the same bits every time", () => {
    const inputs = [tensorOf([64, 48], 1), tensorOf([48, 48], 2), tensorOf([48], 3)];
    const run = () =>
      tf.tidy(() => {
        const { value, grads } = tf.valueAndGrads((...[x, w, b]: typeof inputs) => {
          if (!x || !w || !b) throw new Error("three inputs");
          return softmax(layerNorm(gelu(linear(x, w, b)), b, b))
            .square()
            .sum();
        })(inputs);
        return [value, ...grads].map((each) => Array.from(each.dataSync()));
      });
    const first = run();
    for (let i = 0; i < 5; i++) expect(run()).toEqual(first);
    tf.dispose(inputs);
  });
}
