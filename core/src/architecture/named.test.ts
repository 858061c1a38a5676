import { describe, expect, test } from "vitest";
import {
  agree,
  evaluateGraph,
  headSize,
  randomInputs,
  type Matrix,
} from "../testing/graphInterpreter.js";
import { checkArchitecture } from "./check.js";
import { autobertZeroBase, bertLayer, namedBackbones, withDepth } from "./named.js";
import type { Layer } from "./schema.js";

/** Plain matrix arithmetic, to write the published formulas a second time. */
const product = (a: Matrix, b: Matrix): Matrix =>
  a.map((row) =>
    (b[0] ?? []).map((_, j) => row.reduce((sum, x, k) => sum + x * (b[k]?.[j] ?? 0), 0)),
  );
const turned = (a: Matrix): Matrix => (a[0] ?? []).map((_, j) => a.map((row) => row[j] ?? 0));
const each = (a: Matrix, f: (x: number) => number): Matrix => a.map((row) => row.map(f));
const plus = (a: Matrix, b: Matrix): Matrix =>
  a.map((row, i) => row.map((x, j) => x + (b[i]?.[j] ?? 0)));
const softmaxRows = (a: Matrix): Matrix =>
  a.map((row) => {
    const total = row.reduce((sum, x) => sum + Math.exp(x), 0);
    return row.map((x) => Math.exp(x) / total);
  });
const negated = (a: Matrix) => each(a, (x) => -x);
const scaled = (a: Matrix) => each(a, (x) => x / Math.sqrt(headSize));
const logsig = (a: Matrix) => each(a, (x) => -Math.log(1 + Math.exp(-x)));
const softsign = (a: Matrix) => each(a, (x) => x / (1 + Math.abs(x)));
const attend = (q: Matrix, k: Matrix, v: Matrix) =>
  product(softmaxRows(scaled(product(q, turned(k)))), v);

const { Q, K, V, P } = randomInputs(5);
const computed = (layer: Layer | undefined) =>
  layer?.kind === "attention" ? evaluateGraph(layer.graph, { Q, K, V, P }) : [];

describe("named backbones", () => {
  test.each(Object.entries(namedBackbones))("%s is legal", (_name, backbone) => {
    expect(checkArchitecture(backbone)).toEqual(backbone);
  });

  test("BERT's layer computes softmax(Q Kᵀ / √d) V", () => {
    expect(agree(computed(bertLayer), attend(Q, K, V))).toBe(true);
  });

  const z = plus(logsig(Q), plus(Q, K));
  test.each<[number, Matrix]>([
    [2, attend(Q, negated(logsig(negated(K))), plus(Q, K))],
    [4, attend(Q, negated(logsig(z)), Q)],
    [6, attend(Q, negated(logsig(K)), Q)],
    [8, attend(Q, negated(logsig(K)), Q)],
    [10, attend(Q, plus(scaled(K), plus(softsign(scaled(softsign(K))), V)), V)],
    [12, attend(Q, plus(scaled(K), V), V)],
  ])("AutoBERT-Zero's layer %i computes its published formula", (layer, expected) => {
    expect(agree(computed(autobertZeroBase.layers[layer - 1]), expected)).toBe(true);
  });

  test("AutoBERT-Zero's convolutions have their published kernels", () => {
    const kernels = autobertZeroBase.layers.map((layer) =>
      layer.kind === "conv" ? layer.kernelSize : "attention",
    );
    expect(kernels.filter((_, index) => index % 2 === 0)).toEqual([65, 9, 3, 7, 7, 3]);
  });
});

describe("withDepth", () => {
  const { layers } = autobertZeroBase;

  test("cuts a pattern to its first layers", () => {
    expect(withDepth(autobertZeroBase, 3).layers).toEqual(layers.slice(0, 3));
  });

  test("stretches a pattern by repeating each layer", () => {
    expect(withDepth(autobertZeroBase, 24).layers).toEqual(
      layers.flatMap((layer) => [layer, layer]),
    );
    expect(withDepth(autobertZeroBase, 13).layers).toEqual([layers[0], ...layers]);
  });

  test.each([0, 49, 2.5])("refuses a depth of %d", (depth) => {
    expect(() => withDepth(autobertZeroBase, depth)).toThrow(/1 to 48 layers/);
  });
});
