import { expect, test } from "vitest";
import { tensorNamed, type Tensors } from "../model/tensors.js";
import { adamStep, newAdam } from "./optimizer.js";
import type { Gradients } from "./gradients.js";

const ones = (): Tensors =>
  new Map(
    ["q.weight", "kernel", "q.bias", "norm.weight", "ffn.norm.weight", "unused.weight"].map(
      (name) => [name, { shape: [2], data: Float32Array.of(1, -1) }],
    ),
  );

test("weight decay takes a share off every weight that has a gradient, but not off biases and norms", () => {
  const weights = ones();
  const gradients: Gradients = new Map(
    [...weights.keys()]
      .filter((name) => name !== "unused.weight")
      .map((name) => [name, new Float32Array(2)]),
  );
  adamStep(weights, gradients, newAdam(weights), 0.5, 0.25);
  const valuesOf = (name: string) => [...tensorNamed(weights, name).data];
  for (const name of ["q.weight", "kernel"]) expect(valuesOf(name), name).toEqual([0.875, -0.875]);
  for (const name of ["q.bias", "norm.weight", "ffn.norm.weight", "unused.weight"]) {
    expect(valuesOf(name), name).toEqual([1, -1]);
  }
});
