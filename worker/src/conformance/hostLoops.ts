import { describe, expect, test } from "vitest";
import { hostLoops } from "../engine/hostLoops.js";
import { numbers } from "./gradients.js";

/** Describes the loops of the optimiser over arrays in the process's own memory. */
export function describeHostLoops(): void {
  describe("the optimiser's loops", () => {
    const count = 37;

    test("sum squares, scale and add", () => {
      const x = numbers(count, 1);
      const squares = x.reduce((sum, value) => sum + value * value, 0);
      expect(hostLoops.sumOfSquares(x)).toBeCloseTo(squares, 10);
      const y = x.slice();
      hostLoops.scale(y, 3);
      hostLoops.add(y, x);
      for (const [i, value] of x.entries()) expect(y[i]).toBeCloseTo(4 * value, 5);
    });

    test("do Adam's step", () => {
      const [weight, gradient, mean] = [numbers(count, 1), numbers(count, 2), numbers(count, 3)];
      const square = numbers(count, 4).map(Math.abs);
      const before = { weight: weight.slice(), mean: mean.slice(), square: square.slice() };
      hostLoops.adam(weight, gradient, mean, square, 0.9, 0.98, 0.01, 1e-8);
      for (const [i, g] of gradient.entries()) {
        const m = 0.9 * (before.mean[i] ?? NaN) + 0.1 * g;
        const v = 0.98 * (before.square[i] ?? NaN) + 0.02 * g * g;
        expect(mean[i]).toBeCloseTo(m, 6);
        expect(square[i]).toBeCloseTo(v, 6);
        const moved = (before.weight[i] ?? NaN) - (0.01 * m) / (Math.sqrt(v) + 1e-8);
        expect(weight[i]).toBeCloseTo(moved, 5);
      }
    });

    test("let NaN through, so that training notices divergence", () => {
      expect(hostLoops.sumOfSquares(Float32Array.of(1, NaN, 2))).toBeNaN();
    });
  });
}
