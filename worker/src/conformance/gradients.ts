import { expect } from "vitest";
import { tf, type Tensor } from "../engine/tf.js";

/** Returns pseudo-random numbers from −1 to 1 that are the same in every run (mulberry32). */
export function numbers(count: number, seed: number): Float32Array {
  let state = seed;
  return Float32Array.from({ length: count }, () => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), 1 | state);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 31 - 1;
  });
}

/** Returns a tensor of `numbers` times `scale`. */
export function tensorOf(shape: number[], seed: number, scale = 1): Tensor {
  const count = shape.reduce((product, length) => product * length, 1);
  return tf.tensor(
    numbers(count, seed).map((x) => x * scale),
    shape,
  );
}

/**
 * Checks the gradients of `operation` by all its inputs, of these shapes, against central
 * differences with five points. The output is weighted by fixed numbers, so that errors in
 * different parts of the gradient cannot cancel, and summed in double precision.
 */
export function expectGradients(
  operation: (...inputs: Tensor[]) => Tensor,
  shapes: number[][],
  { seed = 1, scale = 1, step = 0.02, tolerance = 2e-3 } = {},
): void {
  const inputs = shapes.map((shape, index) => tensorOf(shape, seed + index, scale));
  const size = tf.tidy(() => operation(...inputs).size);
  const weights = numbers(size, seed + 100);

  const weighted = (...args: Tensor[]) =>
    operation(...args)
      .reshape([size])
      .mul(tf.tensor1d(weights))
      .sum();
  const before = tf.memory().numTensors;
  const gradients = tf.grads(weighted)(inputs);
  expect(tf.memory().numTensors - before, "tensors left behind").toBe(inputs.length);

  const value = (which: number, values: Float32Array): number =>
    tf.tidy(() => {
      const args = inputs.map((x, i) => (i === which ? tf.tensor(values, x.shape) : x));
      const output = operation(...args).dataSync();
      return weights.reduce((sum, weight, i) => sum + weight * (output[i] ?? NaN), 0);
    });
  for (const [which, input] of inputs.entries()) {
    const values = Float32Array.from(input.dataSync());
    const analytic = gradients[which]?.dataSync() ?? [];
    const slope = (i: number): number => {
      const at = (offset: number) => {
        const moved = values.slice();
        moved[i] = (values[i] ?? NaN) + offset;
        return value(which, moved);
      };
      const near = at(step) - at(-step);
      const far = at(2 * step) - at(-2 * step);
      return (8 * near - far) / (12 * step);
    };
    for (let i = 0; i < values.length; i++) {
      const numeric = slope(i);
      const error = Math.abs((analytic[i] ?? NaN) - numeric);
      const allowed = tolerance * (1 + Math.abs(numeric));
      if (!(error <= allowed)) {
        expect.fail(
          `input ${which}, entry ${i}: gradient ${analytic[i] ?? NaN}, differences say ${numeric}`,
        );
      }
    }
  }
  tf.dispose([...inputs, ...gradients]);
}

/** Checks every entry of a tensor against double-precision numbers. */
export function expectValues(actual: Tensor, expected: number[], tolerance = 1e-5): void {
  const values = Array.from(actual.dataSync());
  expect(values).toHaveLength(expected.length);
  for (const [i, want] of expected.entries()) {
    const got = values[i] ?? NaN;
    if (!(Math.abs(got - want) <= tolerance * (1 + Math.abs(want)))) {
      expect.fail(`entry ${i} is ${got}, should be ${want}`);
    }
  }
}
