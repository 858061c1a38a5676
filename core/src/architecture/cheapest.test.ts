import fc from "fast-check";
import { expect, test } from "vitest";
import { sampledBackbones } from "../testing/arbitrary.js";
import { leastCost } from "./cheapest.js";
import { flops, parameterCount } from "./cost.js";

const sizes = fc
  .record({
    heads: fc.integer({ min: 1, max: 8 }),
    width: fc.integer({ min: 8, max: 64 }),
    vocabulary: fc.integer({ min: 256, max: 5000 }),
    length: fc.integer({ min: 8, max: 512 }),
    rawKernels: fc.boolean(),
  })
  .map(({ width, heads, ...size }) => ({ ...size, heads, hidden: width * heads }));

test("no sampled backbone of any size costs less", () => {
  fc.assert(
    fc.property(sizes, sampledBackbones, (shape, architecture) => {
      const size = { ...shape, layers: architecture.layers.length };
      const least = leastCost(size);
      expect(parameterCount(architecture, size)).toBeGreaterThanOrEqual(least.parameters);
      expect(flops(architecture, size)).toBeGreaterThanOrEqual(least.flops);
    }),
    { numRuns: 300 },
  );
});
