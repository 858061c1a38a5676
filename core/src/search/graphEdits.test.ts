import { expect, test } from "vitest";
import { stream } from "../random.js";
import {
  changeInputs,
  changeOperation,
  deleteOperation,
  insertOperation,
  rewire,
} from "./edits.js";
import { editsOf } from "./graphEdits.js";
import { operandsOf } from "./operands.js";
import { sampleGraph } from "./sample.js";

test("lists that are kept are those of the graph, place and limit that are asked for", () => {
  const graphs = Array.from({ length: 4 }, (_, index) => sampleGraph(6, stream(3, "graph", index)));
  // Twice, so that the second answers are kept ones.
  for (const graph of [...graphs, ...graphs]) {
    const edits = editsOf(structuredClone(graph));
    for (const node of graph.nodes.keys()) {
      expect(edits.change(node)).toEqual(changeOperation(graph, node));
    }
    for (const operand of operandsOf(graph)) {
      expect(edits.rewire(operand)).toEqual(rewire(graph, operand));
      for (const most of [graph.nodes.length, 10]) {
        expect(edits.insert(operand, most)).toEqual(insertOperation(graph, operand, most));
      }
    }
    expect(edits.delete()).toEqual(deleteOperation(graph));
    expect(edits.changeInputs()).toEqual(changeInputs(graph));
  }
});
