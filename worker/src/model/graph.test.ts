import { findProblem, sampleGraph, stream, type AttentionGraph, type Reference } from "@opnas/core";
import { beforeAll, describe, expect, test, vi } from "vitest";
import { startEngine } from "../engine/start.js";
import { tf, type Tensor, inScope } from "../engine/tf.js";
import { compileGraph } from "./graph.js";

// A busy machine takes a multiple of the two seconds that the slowest needs.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });
beforeAll(() => startEngine("auto", 1));

const [batch, heads, n, d] = [2, 2, 5, 3];

/** Each operation as core defines it, one node after another: what compiling must not change. */
function interpret(graph: AttentionGraph, inputs: Readonly<Record<string, Tensor>>): Tensor {
  const nodes: Tensor[] = [];
  const value = (reference: Reference): Tensor => {
    const found = typeof reference === "number" ? nodes[reference] : inputs[reference];
    if (!found) throw new Error("a reference to nothing");
    return found;
  };
  for (const { op, args } of graph.nodes) {
    const [a, b = a] = args.map(value);
    if (!a || !b) throw new Error("an operation without arguments");
    nodes.push(apply(op, a, b));
  }
  return value(graph.output);
}

function apply(op: AttentionGraph["nodes"][number]["op"], a: Tensor, b: Tensor): Tensor {
  const rowsOfA = a.expandDims(3); // [b, h, r, 1, c]
  const rowsOfB = b.expandDims(2); // [b, h, 1, s, c]
  switch (op) {
    case "neg":
      return tf.neg(a);
    case "transpose":
      return tf.transpose(a, [0, 1, 3, 2]);
    case "scale":
      return tf.div(a, Math.sqrt(d));
    case "softmax":
      return tf.softmax(a);
    case "logsigmoid":
      return tf.log(tf.sigmoid(a));
    case "softsign":
      return tf.div(a, tf.add(tf.abs(a), 1));
    case "add":
      return tf.add(a, b);
    case "matmul":
      return tf.matMul(a, b);
    case "cosine":
      return tf.div(
        rowsOfA.mul(rowsOfB).sum(-1),
        rowsOfA.norm(2, -1).mul(rowsOfB.norm(2, -1)).maximum(1e-12),
      );
    case "euclidean":
      return tf.sqrt(rowsOfA.sub(rowsOfB).square().sum(-1));
  }
}

function randomInputs(): Record<string, Tensor> {
  const random = stream(3, "inputs");
  const values = () => Float32Array.from({ length: batch * heads * n * d }, () => random.normal());
  return Object.fromEntries(
    ["Q", "K", "V", "P"].map((name) => [name, tf.tensor4d(values(), [batch, heads, n, d])]),
  );
}

/** The inputs in the order in which the graph lists them. */
function listed(graph: AttentionGraph, inputs: Readonly<Record<string, Tensor>>): Tensor[] {
  return graph.inputs.flatMap((name) => inputs[name] ?? []);
}

function largestRelativeError(actual: Tensor, expected: Tensor): number {
  const largest = expected.abs().max().dataSync()[0] ?? NaN;
  return (actual.sub(expected).abs().max().dataSync()[0] ?? NaN) / Math.max(1, largest);
}

describe("a compiled graph", () => {
  test("computes the same as its operations one by one, for 150 random graphs", () => {
    const random = stream(1, "graphs");
    for (let count = 0; count < 150; count++) {
      const graph = sampleGraph(10, random);
      const error = inScope(() => {
        const inputs = randomInputs();
        return largestRelativeError(
          compileGraph(graph, d)(listed(graph, inputs)),
          interpret(graph, inputs),
        );
      });
      expect(error, JSON.stringify(graph)).toBeLessThan(2e-3);
    }
  });

  test("folds transposes, scales and signs only where nothing else needs them", () => {
    const graph: AttentionGraph = {
      inputs: ["Q", "K"],
      nodes: [
        { op: "transpose", args: ["K"] },
        { op: "matmul", args: ["Q", 0] },
        { op: "scale", args: [1] },
        { op: "softmax", args: [2] },
        { op: "softsign", args: [1] },
        { op: "add", args: [3, 4] },
        { op: "neg", args: ["K"] },
        { op: "logsigmoid", args: [6] },
        { op: "neg", args: [7] },
        { op: "add", args: [7, 8] },
        { op: "matmul", args: [5, 9] },
      ],
      output: 10,
    };
    expect(findProblem(graph)).toBeUndefined();
    const error = inScope(() => {
      const inputs = randomInputs();
      return largestRelativeError(
        compileGraph(graph, d)(listed(graph, inputs)),
        interpret(graph, inputs),
      );
    });
    expect(error).toBeLessThan(1e-5);
  });
});
