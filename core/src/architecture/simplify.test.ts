import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { unsimplifiedGraphs } from "../testing/arbitrary.js";
import { agree, evaluateGraph, IllConditioned, randomInputs } from "../testing/graphInterpreter.js";
import { add, graphOf, matmul, neg, softmax, transpose } from "../testing/expressions.js";
import { findProblem } from "./check.js";
import { graphKey } from "./key.js";
import { liveNodes } from "./live.js";
import { bertBase, autobertZeroBase } from "./named.js";
import type { AttentionGraph } from "./schema.js";
import { simplify, simplifyGraph } from "./simplify.js";

describe("simplify", () => {
  test("drops dead nodes, double negations and repeated values", () => {
    const untidy: AttentionGraph = {
      inputs: ["K", "Q"],
      nodes: [
        { op: "neg", args: ["Q"] },
        { op: "neg", args: [0] },
        { op: "transpose", args: ["K"] },
        { op: "transpose", args: ["K"] },
        { op: "softsign", args: [3] },
        { op: "matmul", args: [1, 2] },
        { op: "matmul", args: ["Q", 3] },
        { op: "add", args: [6, 5] },
        { op: "matmul", args: [7, "K"] },
      ],
      output: 8,
    };
    expect(simplifyGraph(untidy)).toEqual({
      inputs: ["Q", "K"],
      nodes: [
        { op: "transpose", args: ["K"] },
        { op: "matmul", args: ["Q", 0] },
        { op: "add", args: [1, 1] },
        { op: "matmul", args: [2, "K"] },
      ],
      output: 3,
    });
  });

  test("writes equal sums in one form", () => {
    const scores = matmul("Q", transpose("K"));
    const one = graphOf(matmul(softmax(add(scores, neg(transpose(scores)))), add("V", "K")));
    const two = graphOf(matmul(softmax(add(neg(transpose(scores)), scores)), add("K", "V")));
    expect(simplifyGraph(one)).toEqual(simplifyGraph(two));
  });

  test("keeps the length of the published backbone, and BERT as it is", () => {
    expect(simplify(bertBase)).toEqual(bertBase);
    const lengths = ({ layers }: typeof bertBase) =>
      layers.map((layer) => (layer.kind === "attention" ? layer.graph.nodes.length : 0));
    expect(lengths(simplify(autobertZeroBase))).toEqual(lengths(autobertZeroBase));
  });

  test(
    "keeps any graph legal and its key, is never longer, and is done after one time",
    { timeout: 60_000 },
    () => {
      fc.assert(
        fc.property(unsimplifiedGraphs, (graph) => {
          const simple = simplifyGraph(graph);
          expect(findProblem(simple)).toBeUndefined();
          expect(graphKey(simple)).toBe(graphKey(graph));
          expect(simple.nodes.length).toBeLessThanOrEqual(graph.nodes.length);
          expect(liveNodes(simple).every(Boolean)).toBe(true);
          expect(simplifyGraph(simple)).toEqual(simple);
        }),
        { numRuns: 500, seed: 2 },
      );
    },
  );

  test("keeps the function that any graph computes", { timeout: 60_000 }, () => {
    fc.assert(
      fc.property(unsimplifiedGraphs, fc.nat(), (graph, seed) => {
        const inputs = randomInputs(seed);
        let pair;
        try {
          pair = [
            evaluateGraph(graph, inputs),
            evaluateGraph(simplifyGraph(graph), inputs),
          ] as const;
        } catch (error) {
          if (!(error instanceof IllConditioned)) throw error;
        }
        fc.pre(pair !== undefined);
        expect(agree(...pair)).toBe(true);
      }),
      { numRuns: 300, seed: 3 },
    );
  });
});
