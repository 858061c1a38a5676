import { describe, expect, test } from "vitest";
import { toOpnasError } from "../errors.js";
import { checkArchitecture } from "./check.js";
import { autobertZeroBase, bertBase } from "./named.js";

/** A backbone whose second layer has this graph. */
function withGraph(graph: unknown) {
  return {
    version: 1,
    layers: [
      { kind: "conv", kernelSize: 3 },
      { kind: "attention", graph },
    ],
  };
}

function problemOf(value: unknown): string {
  try {
    checkArchitecture(value);
  } catch (error) {
    const { code, kind, message } = toOpnasError(error);
    expect([code, kind]).toEqual(["BAD_ARCHITECTURE", "user"]);
    return message;
  }
  throw new Error("The architecture was accepted.");
}

describe("checkArchitecture", () => {
  test.each([
    ["BERT", bertBase],
    ["AutoBERT-Zero", autobertZeroBase],
  ])("accepts %s and returns it unchanged", (_name, backbone) => {
    expect(checkArchitecture(JSON.parse(JSON.stringify(backbone)))).toEqual(backbone);
  });

  test("accepts nodes that do not reach the output", () => {
    const nodes = [
      { op: "neg", args: ["Q"] },
      { op: "add", args: ["Q", "K"] },
    ];
    expect(() =>
      checkArchitecture(withGraph({ inputs: ["Q", "K"], nodes, output: 1 })),
    ).not.toThrow();
  });

  test.each<[string, { inputs: string[]; nodes: object[]; output: unknown }, string]>([
    [
      "a product whose axes do not meet",
      { inputs: ["Q", "K"], nodes: [{ op: "matmul", args: ["Q", "K"] }], output: 0 },
      "Layer 2, node 0 (matmul): columns of the first argument must be rows of the second, not n×d and n×d.",
    ],
    [
      "a sum of unequal shapes",
      {
        inputs: ["Q", "K"],
        nodes: [
          { op: "transpose", args: ["Q"] },
          { op: "add", args: [0, "K"] },
        ],
        output: 1,
      },
      "Layer 2, node 1 (add): it adds two equal shapes, not d×n and n×d.",
    ],
    [
      "rows of unequal length",
      {
        inputs: ["Q", "K"],
        nodes: [
          { op: "transpose", args: ["Q"] },
          { op: "cosine", args: [0, "K"] },
        ],
        output: 1,
      },
      "Layer 2, node 1 (cosine): it compares rows of equal length, not d×n and n×d.",
    ],
    [
      "an argument too many",
      { inputs: ["Q", "K"], nodes: [{ op: "softmax", args: ["Q", "K"] }], output: 0 },
      "Layer 2, node 0 (softmax): it takes one argument, not 2.",
    ],
    [
      "an argument too few",
      { inputs: ["Q", "K"], nodes: [{ op: "add", args: ["Q"] }], output: 0 },
      "Layer 2, node 0 (add): it takes two arguments, not 1.",
    ],
    [
      "a node that refers to itself",
      { inputs: ["Q", "K"], nodes: [{ op: "add", args: ["Q", 0] }], output: 0 },
      "Layer 2, node 0 (add): it refers to node 0, but an argument must be an earlier node.",
    ],
    [
      "an input that is not listed",
      { inputs: ["Q", "K"], nodes: [{ op: "add", args: ["Q", "V"] }], output: 0 },
      "Layer 2, node 0 (add): it uses V, which is not among the inputs.",
    ],
    [
      "an output that is not n×d",
      { inputs: ["Q", "K"], nodes: [{ op: "cosine", args: ["Q", "K"] }], output: 0 },
      "Layer 2, node 0 (cosine): the output must be n×d, like the layer's input, not n×n.",
    ],
    [
      "an output that is not there",
      { inputs: ["Q", "K"], nodes: [{ op: "add", args: ["Q", "K"] }], output: 4 },
      "Layer 2: the output refers to node 4, which is not there.",
    ],
    [
      "an input that only dead nodes use",
      {
        inputs: ["Q", "K", "V"],
        nodes: [
          { op: "neg", args: ["V"] },
          { op: "add", args: ["Q", "K"] },
        ],
        output: 1,
      },
      "Layer 2: input V never reaches the output.",
    ],
    [
      "an input listed twice",
      { inputs: ["Q", "K", "Q"], nodes: [{ op: "add", args: ["Q", "K"] }], output: 0 },
      "Layer 2: input Q is listed twice.",
    ],
    [
      "a single input",
      { inputs: ["Q"], nodes: [{ op: "add", args: ["Q", "Q"] }], output: 0 },
      "Layer 2: a graph uses 2 to 4 of Q, K, V and P, not 1.",
    ],
    [
      "an unlisted input as the output",
      { inputs: ["Q", "K"], nodes: [{ op: "add", args: ["Q", "K"] }], output: "V" },
      "Layer 2: the output is V, which is not among the inputs.",
    ],
    [
      "a reference to nothing known",
      { inputs: ["Q", "K"], nodes: [{ op: "add", args: ["Q", "X"] }], output: 0 },
      "Layer 2, node 0, field args.1: expected Q, K, V, P or the number of an earlier node.",
    ],
  ])("names the layer and the node of %s", (_name, graph, message) => {
    expect(problemOf(withGraph(graph))).toBe(message);
  });

  test.each<[string, unknown, RegExp]>([
    ["no object", null, /^Architecture: .*expected object/],
    ["another version", { version: 2, layers: [] }, /^Field version: .*expected 1/],
    ["no layers", { version: 1, layers: [] }, /^Field layers: /],
    [
      "an unknown kernel size",
      { version: 1, layers: [{ kind: "conv", kernelSize: 4 }] },
      /^Layer 1, field kernelSize: .*3\|5\|7\|9\|15\|31\|65/,
    ],
    [
      "an unknown kind of layer",
      { version: 1, layers: [{ kind: "lstm" }] },
      /^Layer 1, field kind: /,
    ],
    [
      "an unknown operation",
      withGraph({ inputs: ["Q", "K"], nodes: [{ op: "relu", args: ["Q"] }], output: 0 }),
      /^Layer 2, node 0, field op: .*"softsign"/,
    ],
    [
      "a field that has no meaning",
      withGraph({ inputs: ["Q", "K"], nodes: [], output: "Q", mask: true }),
      /^Layer 2, field graph: .*mask/,
    ],
  ])("refuses %s", (_name, value, message) => {
    expect(problemOf(value)).toMatch(message);
  });
});
