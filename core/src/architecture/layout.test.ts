import { expect, test } from "vitest";
import { layoutGraph } from "./layout.js";
import type { AttentionGraph } from "./schema.js";

test("a layout names every live node, its shape and its arguments in order", () => {
  const graph: AttentionGraph = {
    inputs: ["Q", "K"],
    nodes: [
      { op: "softsign", args: ["K"] },
      { op: "transpose", args: ["K"] },
      { op: "matmul", args: ["Q", 1] },
      { op: "matmul", args: [2, "K"] },
    ],
    output: 3,
  };
  expect(layoutGraph(graph)).toEqual({
    inputs: ["Q", "K"],
    nodes: [
      { id: "Q", kind: "input", op: "Q", label: "Q", shape: "n×d" },
      { id: "K", kind: "input", op: "K", label: "K", shape: "n×d" },
      { id: "n1", kind: "op", op: "transpose", label: "xᵀ", shape: "d×n" },
      { id: "n2", kind: "op", op: "matmul", label: "matmul", shape: "n×n" },
      { id: "n3", kind: "op", op: "matmul", label: "matmul", shape: "n×d" },
    ],
    edges: [
      { id: "K-n1-0", source: "K", target: "n1", argument: 0 },
      { id: "Q-n2-0", source: "Q", target: "n2", argument: 0 },
      { id: "n1-n2-1", source: "n1", target: "n2", argument: 1 },
      { id: "n2-n3-0", source: "n2", target: "n3", argument: 0 },
      { id: "K-n3-1", source: "K", target: "n3", argument: 1 },
    ],
    output: "n3",
  });
});
