import { describe, expect, test } from "vitest";
import { checkArchitecture, findProblem } from "../architecture/check.js";
import { kernelSizes, operations, type AttentionGraph } from "../architecture/schema.js";
import { axesOf, graphShapes, shapeOfReference } from "../architecture/shape.js";
import { simplifyGraph } from "../architecture/simplify.js";
import { stream } from "../random.js";
import { sampleBackbone, sampleGraph } from "./sample.js";

const random = stream(1, "samples to look at");
const graphs = Array.from({ length: 2000 }, () => sampleGraph(10, random));
const share = (holds: (graph: AttentionGraph) => boolean) =>
  graphs.filter(holds).length / graphs.length;

/** A product over the token axis: without one, no token sees another through a product. */
function mixesTokens(graph: AttentionGraph): boolean {
  const shapes = graphShapes(graph);
  return graph.nodes.some(({ op, args: [left] }) => {
    const shape = left === undefined ? undefined : shapeOfReference(left, shapes);
    return op === "matmul" && shape !== undefined && axesOf(shape).columns === "n";
  });
}

/** A softmax of an n×n matrix, times an n×d one: the shape of vanilla attention. */
function attends(graph: AttentionGraph): boolean {
  const shapes = graphShapes(graph);
  return graph.nodes.some(({ op, args: [left, right] }) => {
    if (op !== "matmul" || typeof left !== "number" || right === undefined) return false;
    const weights = graph.nodes[left]?.op === "softmax" && shapes[left] === "n×n";
    return weights && shapeOfReference(right, shapes) === "n×d";
  });
}

describe("sampleGraph", () => {
  test(
    "gives legal, simplified graphs within the limit, shortest limit included",
    { timeout: 60_000 },
    () => {
      const short = Array.from({ length: 200 }, () => sampleGraph(2, random));
      for (const graph of [...graphs, ...short]) {
        expect(findProblem(graph)).toBeUndefined();
        expect(simplifyGraph(graph)).toEqual(graph);
      }
      expect(Math.max(...graphs.map(({ nodes }) => nodes.length))).toBe(10);
      expect(Math.max(...short.map(({ nodes }) => nodes.length))).toBe(2);
    },
  );

  test("samples every length, every operation and every number of inputs", () => {
    for (let length = 1; length <= 10; length++) {
      expect(share(({ nodes }) => nodes.length === length)).toBeGreaterThan(0.02);
    }
    for (const operation of operations) {
      expect(share(({ nodes }) => nodes.some(({ op }) => op === operation))).toBeGreaterThan(0.1);
    }
    for (const count of [2, 3, 4]) {
      expect(share(({ inputs }) => inputs.length === count)).toBeGreaterThan(0.03);
    }
  });

  test("samples graphs that mostly mix tokens, and often by a softmax of scores", () => {
    expect(share(mixesTokens)).toBeGreaterThan(0.8);
    expect(share(attends)).toBeGreaterThan(0.2);
  });
});

describe("sampleBackbone", () => {
  const backbones = Array.from({ length: 300 }, (_, index) =>
    sampleBackbone(4, 10, stream(1, "backbone", index)),
  );
  const layers = backbones.flatMap((backbone) => backbone.layers);

  test("samples legal backbones of the requested depth", () => {
    for (const backbone of backbones) expect(checkArchitecture(backbone)).toEqual(backbone);
    expect(layers).toHaveLength(4 * 300);
  });

  test("samples both kinds of layers equally often, and every kernel size", () => {
    const convolutions = layers.flatMap((layer) => (layer.kind === "conv" ? layer.kernelSize : []));
    expect(convolutions.length / layers.length).toBeCloseTo(0.5, 1);
    expect(new Set(convolutions)).toEqual(new Set(kernelSizes));
  });

  test("gives the same backbone for the same stream", () => {
    expect(sampleBackbone(4, 10, stream(1, "backbone", 5))).toEqual(backbones[5]);
  });
});
