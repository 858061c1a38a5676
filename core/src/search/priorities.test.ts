import { describe, expect, test } from "vitest";
import { stream } from "../random.js";
import {
  chooseByPriority,
  operationPriorities,
  type OperationPriority,
  type Sample,
} from "./priorities.js";
import type { Feature } from "./searchSpace.js";

const operations = { operation: ["neg", "scale", "softmax"], kernel: ["3", "7"] };
const ucb = { alpha: 2, temperature: 4 };

const at = (position: number, operation: string): Feature => ({
  kind: "operation",
  position,
  operation,
});
const kernel = (position: number, operation: string): Feature => ({
  kind: "kernel",
  position,
  operation,
});

/** Three architectures; the last has two attention layers, the longer of two operations. */
const samples: Sample[] = [
  { score: 40, features: [at(0, "neg")] },
  { score: 50, features: [at(0, "scale"), kernel(1, "3")] },
  { score: 60, features: [at(0, "neg"), at(0, "neg"), at(1, "softmax")] },
];
const priorities = operationPriorities(samples, operations, ucb);
const found = (kind: string, position: number, operation: string): OperationPriority => {
  const one = priorities.find(
    (entry) => entry.kind === kind && entry.position === position && entry.operation === operation,
  );
  if (!one) throw new Error(`No priority of ${operation}.`);
  return one;
};

describe("operationPriorities", () => {
  test("lists every operation for each position along the path, then the kernels of each layer", () => {
    expect(
      priorities.map(({ kind, position, operation }) => [kind, position, operation].join(" ")),
    ).toEqual([
      "operation 0 neg",
      "operation 0 scale",
      "operation 0 softmax",
      "operation 1 neg",
      "operation 1 scale",
      "operation 1 softmax",
      "kernel 1 3",
      "kernel 1 7",
    ]);
  });

  test("counts samples and averages their scores", () => {
    expect(found("operation", 0, "neg")).toMatchObject({ count: 3, meanScore: (40 + 60 + 60) / 3 });
    expect(found("operation", 0, "scale")).toMatchObject({ count: 1, meanScore: 50 });
    expect(found("kernel", 1, "3")).toMatchObject({ count: 1, meanScore: 50 });
  });

  test("computes the upper confidence bound μ + α √(2 ln N / N_i)", () => {
    // N = 4 samples at place 0: neg three times with mean 160/3, scale once with 50.
    expect(found("operation", 0, "neg").ucb).toBeCloseTo(53.3333 + 2 * 0.961351, 4);
    expect(found("operation", 0, "scale").ucb).toBeCloseTo(50 + 2 * 1.665109, 4);
  });

  test("treats an operation never sampled as sampled once with the position's mean score", () => {
    // Mean of place 0: (40 + 50 + 60 + 60) / 4.
    const unseen = found("operation", 0, "softmax");
    expect(unseen).toMatchObject({ count: 0, meanScore: 52.5 });
    expect(unseen.ucb).toBeCloseTo(52.5 + 2 * 1.665109, 4);
  });

  test("gives no bonus where a position has a single sample, for ln 1 is 0", () => {
    expect(found("operation", 1, "softmax").ucb).toBe(60);
    expect(found("operation", 1, "neg").ucb).toBe(60);
  });

  test("gives probabilities by a softmax with a temperature over the operations of a position", () => {
    const [neg, scale, softmax] = [55.256035, 53.330218, 55.830218].map((u) => Math.exp(u / 4));
    const total = (neg ?? 0) + (scale ?? 0) + (softmax ?? 0);
    expect(found("operation", 0, "neg").probability).toBeCloseTo((neg ?? 0) / total, 5);
    expect(found("operation", 0, "softmax").probability).toBeCloseTo((softmax ?? 0) / total, 5);
    expect(found("kernel", 1, "7").probability).toBe(0.5);
  });

  test("stays finite at a temperature near zero", () => {
    const greedy = operationPriorities(samples, operations, { alpha: 2, temperature: 0.001 });
    const [neg, scale, softmax] = greedy.map(({ probability }) => probability);
    expect(neg).toBeCloseTo(0);
    expect(scale).toBeCloseTo(0);
    expect(softmax).toBeCloseTo(1);
  });
});

describe("chooseByPriority", () => {
  const frequencies = (options: readonly string[], position: number, temperature = 4) => {
    const choose = chooseByPriority(priorities, { alpha: 2, temperature });
    const random = stream(1, "chooser");
    const drawn = Array.from({ length: 4000 }, () =>
      choose({ kind: "operation", position }, options, random),
    );
    return options.map((option) => drawn.filter((one) => one === option).length / drawn.length);
  };

  test("samples with the probabilities of the position", () => {
    const [neg, scale, softmax] = frequencies(["neg", "scale", "softmax"], 0);
    expect(neg).toBeCloseTo(found("operation", 0, "neg").probability, 1);
    expect(scale).toBeCloseTo(found("operation", 0, "scale").probability, 1);
    expect(softmax).toBeCloseTo(found("operation", 0, "softmax").probability, 1);
  });

  test("samples among the given options, however unlikely all of them are", () => {
    expect(frequencies(["neg", "scale"], 0, 0.001)).toEqual([1, 0]);
    expect(frequencies(["scale"], 0, 0.001)).toEqual([1]);
  });

  test("samples uniformly beyond the longest path seen", () => {
    for (const share of frequencies(["neg", "scale"], 9)) expect(share).toBeCloseTo(0.5, 1);
  });
});
