import { expect, test } from "vitest";
import { describeGraph, targetHandles, placeGraph, placeInWidth } from "./graph-layout";
import type { Graph } from "./queries";

const node = (id: string, op: string, shape: string) => ({
  id,
  op,
  shape,
  label: op,
  kind: op === id ? "input" : "op",
});
const edge = (source: string, target: string, argument = 0) => ({
  id: `${source}-${target}-${argument}`,
  source,
  target,
  argument,
});

/** softmax(Q Kᵀ) V */
const attention: Graph = {
  inputs: ["Q", "K", "V"],
  nodes: [
    node("Q", "Q", "n×d"),
    node("K", "K", "n×d"),
    node("V", "V", "n×d"),
    node("n0", "transpose", "d×n"),
    node("n1", "matmul", "n×n"),
    node("n2", "softmax", "n×n"),
    node("n3", "matmul", "n×d"),
  ],
  edges: [
    edge("K", "n0"),
    edge("Q", "n1", 0),
    edge("n0", "n1", 1),
    edge("n1", "n2"),
    edge("n2", "n3", 0),
    edge("V", "n3", 1),
  ],
  output: "n3",
};

test("every node is placed and no two boxes overlap", () => {
  for (const direction of ["LR", "TB"] as const) {
    const { nodes, width, height } = placeGraph(attention, direction);
    expect(nodes).toHaveLength(attention.nodes.length);
    for (const a of nodes) {
      expect(a.x >= 0 && a.y >= 0 && a.x + a.width <= width && a.y + a.height <= height).toBe(true);
      const overlapping = nodes.filter(
        (b) =>
          a.id < b.id &&
          a.x < b.x + b.width &&
          b.x < a.x + a.width &&
          a.y < b.y + b.height &&
          b.y < a.y + a.height,
      );
      expect(overlapping).toEqual([]);
    }
  }
});

test("a graph too wide from left to right is drawn from top to bottom", () => {
  expect(placeInWidth(attention, 2000).direction).toBe("LR");
  expect(placeInWidth(attention, 340).direction).toBe("TB");
});

test("the arguments of matmul enter at handles in their order", () => {
  const handle = targetHandles(attention, placeGraph(attention, "TB"));
  expect(handle["Q-n1-0"]).toBe(0);
  expect(handle["n0-n1-1"]).toBe(1);
});

test("the graph in words names every operation with its arguments in order", () => {
  expect(describeGraph(attention)).toEqual([
    "n0 = transpose(K), d×n",
    "n1 = matmul(Q, n0), n×n",
    "n2 = softmax(n1), n×n",
    "n3 = matmul(n2, V), n×d",
    "output: n3",
  ]);
});
