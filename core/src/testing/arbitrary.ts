import fc from "fast-check";
import { findProblem } from "../architecture/check.js";
import { liveInputs } from "../architecture/live.js";
import {
  graphInputs,
  operations,
  type Architecture,
  type AttentionGraph,
  type GraphNode,
  type Reference,
} from "../architecture/schema.js";
import { arity, resultShape, type Shape } from "../architecture/shape.js";
import { sampleBackbone } from "../search/sample.js";
import { stream, type Random } from "../random.js";

const seeds = fc.integer({ min: 0, max: 2 ** 31 - 1 });

/**
 * Legal graphs that `simplify` would shorten: with dead nodes, values computed twice, double
 * negations and transposes. They are grown forwards, unlike the search's own samples.
 */
export const unsimplifiedGraphs: fc.Arbitrary<AttentionGraph> = fc
  .tuple(seeds, fc.integer({ min: 2, max: 14 }))
  .map(([seed, size]) => unsimplifiedGraph(size, stream(seed, "untidy graph")));

/** Backbones as the search samples them. */
export const sampledBackbones: fc.Arbitrary<Architecture> = fc
  .tuple(seeds, fc.integer({ min: 1, max: 4 }), fc.integer({ min: 2, max: 14 }))
  .map(([seed, layers, maxNodes]) => sampleBackbone(layers, maxNodes, stream(seed, "backbone")));

function unsimplifiedGraph(size: number, random: Random): AttentionGraph {
  for (;;) {
    const nodes: GraphNode[] = [];
    const shapes = new Map<Reference, Shape>(graphInputs.map((input) => [input, "n×d"]));
    while (nodes.length < size) {
      const op = random.pick(operations);
      const args = Array.from({ length: arity(op) }, () => random.pick([...shapes.keys()]));
      const result = resultShape(
        op,
        args.flatMap((argument) => shapes.get(argument) ?? []),
      );
      if ("shape" in result) shapes.set(nodes.push({ op, args }) - 1, result.shape);
    }
    for (const output of [...shapes.keys()].reverse()) {
      const open = { inputs: [...graphInputs], nodes, output };
      const live = new Set(liveInputs(open));
      const used = nodes.flatMap(({ args }) => args);
      const kept = graphInputs.filter((input) => live.has(input));
      const graph = { ...open, inputs: kept };
      const closed = used.every((value) => typeof value === "number" || live.has(value));
      if (closed && !findProblem(graph)) return graph;
    }
  }
}
