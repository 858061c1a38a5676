import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { checkArchitecture, findProblem } from "../architecture/check.js";
import { architectureKey, graphKey } from "../architecture/key.js";
import { autobertZeroBase, bertLayer } from "../architecture/named.js";
import type { Architecture, AttentionGraph } from "../architecture/schema.js";
import { simplify, simplifyGraph } from "../architecture/simplify.js";
import { stream } from "../random.js";
import { editKinds } from "../settings/names.js";
import { defaultEditWeights } from "../settings/strategy.js";
import { sampledBackbones, unsimplifiedGraphs } from "../testing/arbitrary.js";
import { add, graphOf, matmul, neg, transpose } from "../testing/expressions.js";
import {
  changeInputs,
  changeOperation,
  deleteOperation,
  insertOperation,
  rewire,
  type Edit,
} from "./edits.js";
import { mutateBackbone, type MutationSettings } from "./mutate.js";
import { chooseUniformly } from "./searchSpace.js";
import { operandsOf } from "./operands.js";

const maxNodes = 14;
const settings: MutationSettings = {
  kindChanges: 0,
  layerKind: 0.2,
  edits: 1,
  maxNodes,
  editWeights: defaultEditWeights,
};
const only = (kind: (typeof editKinds)[number]): MutationSettings => ({
  ...settings,
  layerKind: 0,
  editWeights: { change: 0, insert: 0, delete: 0, rewire: 0, inputs: 0, [kind]: 1 },
});

/** Every edit of every kind. */
function allEdits(graph: AttentionGraph): Edit[] {
  return [
    ...graph.nodes.flatMap((_, node) => [...changeOperation(graph, node).values()].flat()),
    ...operandsOf(graph).flatMap((use) =>
      [...insertOperation(graph, use, maxNodes).values()].flat(),
    ),
    ...operandsOf(graph).flatMap((use) => rewire(graph, use)),
    ...deleteOperation(graph),
    ...changeInputs(graph),
  ];
}

describe("edits of a graph", () => {
  test(
    "are legal, simplified, within the limit, and compute something else",
    { timeout: 60_000 },
    () => {
      fc.assert(
        fc.property(unsimplifiedGraphs, (untidy) => {
          const parent = simplifyGraph(untidy);
          for (const { graph } of allEdits(parent)) {
            expect(findProblem(graph)).toBeUndefined();
            expect(simplifyGraph(graph)).toEqual(graph);
            expect(graph.nodes.length).toBeLessThanOrEqual(maxNodes);
            expect(graphKey(graph)).not.toBe(graphKey(parent));
          }
        }),
        { numRuns: 15, seed: 5 },
      );
    },
  );

  test("always offer another set of inputs", { timeout: 60_000 }, () => {
    fc.assert(
      fc.property(unsimplifiedGraphs, (untidy) => {
        const parent = simplifyGraph(untidy);
        const offers = changeInputs(parent);
        expect(offers.length).toBeGreaterThan(0);
        for (const { graph } of offers) expect(graph.inputs).not.toEqual(parent.inputs);
      }),
      { numRuns: 60, seed: 6 },
    );
  });

  const vanilla = bertLayer.graph;

  test("change an operation where shapes allow", () => {
    const offers = changeOperation(vanilla, 3);
    expect([...offers.keys()]).toEqual(
      expect.arrayContaining(["neg", "transpose", "scale", "logsigmoid", "softsign", "matmul"]),
    );
    expect(offers.has("softmax")).toBe(false);
    expect(offers.get("logsigmoid")?.map(({ description }) => description)).toEqual([
      "logsigmoid in place of softmax at node 3",
    ]);
  });

  test("insert an operation between a value and its use", () => {
    const offers = insertOperation(vanilla, { node: 4, argument: 1 }, maxNodes).get("softsign");
    expect(offers?.map(({ graph }) => graph.nodes.slice(4))).toEqual([
      [
        { op: "softsign", args: ["V"] },
        { op: "matmul", args: [3, 4] },
      ],
    ]);
    expect(insertOperation(vanilla, { node: 4, argument: 1 }, 5).size).toBe(0);
  });

  test("insert an operation before the output", () => {
    const offers = insertOperation(vanilla, { node: 5, argument: 0 }, maxNodes).get("neg");
    expect(offers?.map(({ graph }) => graph.nodes.at(-1))).toEqual([{ op: "neg", args: [4] }]);
  });

  test("delete an operation", () => {
    const keys = deleteOperation(vanilla).map(({ graph }) => graphKey(graph));
    const unscaled = graphOf(matmul(matmul("Q", transpose("K")), "V"));
    expect(deleteOperation(vanilla).map(({ description }) => description)).toContain(
      "softmax at node 3 taken out",
    );
    expect(
      deleteOperation(graphOf(neg(matmul(matmul("Q", transpose("K")), "V")))).map(({ graph }) =>
        graphKey(graph),
      ),
    ).toContain(graphKey(unscaled));
    expect(new Set(keys).size).toBe(keys.length);
  });

  test("rewire an argument to another value of its shape", () => {
    const read = rewire(vanilla, { node: 4, argument: 1 }).map(({ description }) => description);
    expect(read).toEqual(["node 4 reads Q in place of V", "node 4 reads K in place of V"]);
  });

  test("grow, shrink and exchange the set of inputs", () => {
    const sets = changeInputs(graphOf(add(add("Q", "K"), "V"))).map(({ graph }) =>
      graph.inputs.join(""),
    );
    expect(new Set(sets)).toEqual(new Set(["QK", "QV", "KV", "QKP", "QVP", "KVP"]));
  });
});

describe("mutateBackbone", () => {
  test("gives a legal, simplified child with another key", { timeout: 60_000 }, () => {
    fc.assert(
      fc.property(
        sampledBackbones,
        fc.nat(),
        fc.integer({ min: 1, max: 3 }),
        (parent, seed, edits) => {
          const random = stream(seed, "mutation");
          const child = mutateBackbone(parent, { ...settings, edits }, chooseUniformly, random);
          expect(checkArchitecture(child.architecture)).toEqual(child.architecture);
          expect(simplify(child.architecture)).toEqual(child.architecture);
          expect(child.architecture.layers).toHaveLength(parent.layers.length);
          expect(architectureKey(child.architecture)).not.toBe(architectureKey(parent));
          expect(child.description).toMatch(/^layer \d+: \S/);
        },
      ),
      { numRuns: 100, seed: 7 },
    );
  });

  test("does not change its parent", () => {
    const before = JSON.stringify(autobertZeroBase);
    mutateBackbone(autobertZeroBase, settings, chooseUniformly, stream(1, "mutation"));
    expect(JSON.stringify(autobertZeroBase)).toBe(before);
  });

  test.each(editKinds)("makes only edits of the kind %s when no other has a weight", (kind) => {
    const parent: Architecture = { version: 1, layers: [bertLayer] };
    const wording = {
      change: /^layer 1: \w+ in place of \w+ at node \d$/,
      insert: /^layer 1: \w+ inserted at node \d$/,
      delete: /^layer 1: \w+ at node \d taken out$/,
      rewire: /^layer 1: (node \d|the output) reads .+ in place of .+$/,
      inputs: /^layer 1: (node \d reads )?[QKVP] in place of [QKVP]$/,
    };
    for (let index = 0; index < 20; index++) {
      const random = stream(1, "kind", index);
      const { description } = mutateBackbone(parent, only(kind), chooseUniformly, random);
      expect(description).toMatch(wording[kind]);
    }
  });

  test("changes kernels and kinds of layer", () => {
    const parent: Architecture = { version: 1, layers: [{ kind: "conv", kernelSize: 7 }] };
    const child = (layerKind: number) =>
      mutateBackbone(parent, { ...settings, layerKind }, chooseUniformly, stream(2, "kind"));
    expect(child(0).description).toMatch(/^layer 1: kernel \d+ in place of 7$/);
    expect(child(1).description).toMatch(/^layer 1: attention in place of convolution; layer 1: /);
  });

  test("leaves the choice of operations and kernels to the chooser", () => {
    const asked: string[] = [];
    const last = ({ kind }: { kind: string }, options: readonly string[]) => {
      asked.push(kind);
      return options.at(-1) ?? "";
    };
    const parent: Architecture = { version: 1, layers: [{ kind: "conv", kernelSize: 7 }] };
    const kernel = mutateBackbone(parent, { ...settings, layerKind: 0 }, last, stream(1, "kernel"));
    expect(kernel.architecture.layers).toEqual([{ kind: "conv", kernelSize: 65 }]);

    const attention: Architecture = { version: 1, layers: [bertLayer] };
    const { description } = mutateBackbone(attention, only("change"), last, stream(1, "operation"));
    expect(description).toMatch(/^layer 1: (euclidean|cosine|matmul) in place of/);
    expect(asked).toEqual(["kernel", "operation"]);
  });

  test("throws when a chooser returns something that is not an option", () => {
    const stubborn = () => "relu";
    for (const layer of [bertLayer, { kind: "conv", kernelSize: 7 } as const]) {
      const parent: Architecture = { version: 1, layers: [layer] };
      const mutate = () => mutateBackbone(parent, only("change"), stubborn, stream(1, "stubborn"));
      expect(mutate).toThrow(/relu, which was not offered/);
    }
  });
});
