import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { stream } from "../random.js";
import { sampleGraph } from "../search/sample.js";
import { unsimplifiedGraphs } from "../testing/arbitrary.js";
import {
  agree,
  evaluateGraph,
  evaluateTerm,
  IllConditioned,
  randomInputs,
  type Matrix,
} from "../testing/graphInterpreter.js";
import {
  add,
  cosine,
  euclidean,
  graphOf,
  logsigmoid,
  matmul,
  neg,
  scale,
  softmax,
  softsign,
  transpose,
  type Expression,
} from "../testing/expressions.js";
import { canonicalTerm } from "./canonical.js";
import { graphShapes, shapeOfReference } from "./shape.js";
import { graphKey } from "./key.js";

const inputs = randomInputs(1);
const scores = matmul("Q", transpose("K"));
const others = matmul("V", transpose("P"));
const antisymmetric = add(scores, neg(transpose(scores)));

/** Brings a value of any shape to n×d with all inputs in use, so that it stands in a legal graph. */
function inGraph(value: Expression): Expression {
  const graph = graphOf(value);
  const shape = shapeOfReference(graph.output, graphShapes(graph));
  const rest = add(add("Q", "K"), add("V", "P"));
  switch (shape) {
    case "n×n":
      return matmul(softmax(value), rest);
    case "d×n":
      return add(transpose(softmax(value)), rest);
    case "d×d":
      return matmul(rest, softmax(value));
    default:
      return add(softmax(value), rest);
  }
}

const equal: [string, Expression, Expression][] = [
  ["a double negation is nothing", neg(neg("Q")), "Q"],
  ["a double transpose is nothing", transpose(transpose("Q")), "Q"],
  ["neg and scale commute", neg(scale("Q")), scale(neg("Q"))],
  ["neg and transpose commute", transpose(neg("Q")), neg(transpose("Q"))],
  ["scale and transpose commute", transpose(scale("Q")), scale(transpose("Q"))],
  ["logsigmoid lets a transpose through", logsigmoid(transpose("Q")), transpose(logsigmoid("Q"))],
  ["softsign lets a transpose through", softsign(transpose("Q")), transpose(softsign("Q"))],
  ["softsign is odd", softsign(neg("Q")), neg(softsign("Q"))],
  ["sums commute", add("Q", "K"), add("K", "Q")],
  ["sums associate", add(add("Q", "K"), "V"), add("Q", add("K", "V"))],
  ["signs leave sums", add(neg("Q"), neg("K")), neg(add("Q", "K"))],
  ["scales leave sums", add(scale("Q"), scale("K")), scale(add("Q", "K"))],
  ["transposes leave sums", add(transpose("Q"), transpose("K")), transpose(add("Q", "K"))],
  ["sums of sums gather", add(add("Q", "K"), neg("K")), add(add("K", "Q"), neg("K"))],
  ["signs meet in products", matmul(neg("Q"), neg(transpose("K"))), scores],
  ["a sign leaves a product", matmul("Q", neg(transpose("K"))), neg(scores)],
  ["a scale leaves a product", matmul(scale("Q"), transpose("K")), scale(scores)],
  ["scales of a product add", matmul(scale("Q"), scale(transpose("K"))), scale(scale(scores))],
  ["a product's transpose turns round", transpose(scores), matmul("K", transpose("Q"))],
  [
    "a product of transposes turns round",
    matmul(transpose("K"), transpose(scores)),
    transpose(matmul(scores, "K")),
  ],
  [
    "a Gram matrix is symmetric",
    transpose(matmul("Q", transpose("Q"))),
    matmul("Q", transpose("Q")),
  ],
  ["a sign leaves cosine", cosine(neg("Q"), "K"), neg(cosine("Q", "K"))],
  ["signs meet in cosine", cosine(neg("Q"), neg("K")), cosine("Q", "K")],
  ["cosine knows no scale", cosine(scale("Q"), "K"), cosine("Q", "K")],
  ["cosine turns round", transpose(cosine("Q", "K")), cosine("K", "Q")],
  ["cosine with oneself is symmetric", transpose(cosine("Q", "Q")), cosine("Q", "Q")],
  ["distance knows no common sign", euclidean(neg("Q"), neg("K")), euclidean("Q", "K")],
  ["a sign changes sides in distance", euclidean(neg("Q"), "K"), euclidean("Q", neg("K"))],
  ["a common scale leaves distance", euclidean(scale("Q"), scale("K")), scale(euclidean("Q", "K"))],
  ["distance turns round", transpose(euclidean("Q", "K")), euclidean("K", "Q")],
  [
    "a distance turned round keeps its sign",
    transpose(euclidean(neg("Q"), "K")),
    euclidean("K", neg("Q")),
  ],
  [
    "A + Aᵀ is symmetric",
    transpose(add(scores, transpose(scores))),
    add(transpose(scores), scores),
  ],
  [
    "A − Aᵀ is antisymmetric",
    transpose(add(scores, neg(transpose(scores)))),
    add(transpose(scores), neg(scores)),
  ],
  [
    "logsigmoid of a symmetric value is symmetric",
    transpose(logsigmoid(cosine("Q", "Q"))),
    logsigmoid(cosine("Q", "Q")),
  ],
  [
    "an antisymmetric factor changes sign when its product turns round",
    transpose(matmul(antisymmetric, "Q")),
    neg(matmul(transpose("Q"), antisymmetric)),
  ],
];

const different: [string, Expression, Expression][] = [
  ["inputs are not renamed", add("Q", "K"), add("Q", "V")],
  ["arguments of a product keep their order", matmul(scores, others), matmul(others, scores)],
  ["arguments of distance keep their order", euclidean("Q", "K"), euclidean("K", "Q")],
  ["logsigmoid is not odd", logsigmoid(neg("Q")), neg(logsigmoid("Q"))],
  ["softmax lets no transpose through", softmax(transpose(scores)), transpose(softmax(scores))],
  ["softmax lets no sign through", softmax(neg("Q")), neg(softmax("Q"))],
  ["softsign lets no scale through", softsign(scale("Q")), scale(softsign("Q"))],
  ["distance sees one sign", euclidean("Q", neg("K")), euclidean("Q", "K")],
  ["distance sees one scale", euclidean("Q", scale("K")), euclidean("Q", "K")],
  [
    "logsigmoid of an antisymmetric value is not antisymmetric",
    transpose(logsigmoid(antisymmetric)),
    neg(logsigmoid(antisymmetric)),
  ],
  ["a value is not twice itself", add("Q", "Q"), "Q"],
];

describe("the canonical form", () => {
  test.each(equal)("%s", (_name, left, right) => {
    expect(agree(evaluateGraph(graphOf(left), inputs), evaluateGraph(graphOf(right), inputs))).toBe(
      true,
    );
    expect(graphKey(graphOf(inGraph(left)))).toBe(graphKey(graphOf(inGraph(right))));
  });

  test.each(different)("has different keys for different values: %s", (_name, left, right) => {
    const [a, b] = [graphOf(inGraph(left)), graphOf(inGraph(right))];
    expect(agree(evaluateGraph(a, inputs), evaluateGraph(b, inputs))).toBe(false);
    expect(graphKey(a)).not.toBe(graphKey(b));
  });

  test("distinguishes two orders of multiplication, which cost differently", () => {
    const quadratic = graphOf(matmul(matmul("Q", transpose("K")), "V"));
    const linear = graphOf(matmul("Q", matmul(transpose("K"), "V")));
    expect(agree(evaluateGraph(quadratic, inputs), evaluateGraph(linear, inputs))).toBe(true);
    expect(graphKey(quadratic)).not.toBe(graphKey(linear));
  });

  test("has the value of the graph, for any legal graph", { timeout: 60_000 }, () => {
    fc.assert(
      fc.property(unsimplifiedGraphs, fc.nat(), (graph, seed) => {
        const given = randomInputs(seed);
        const value = unlessIllConditioned(() => evaluateGraph(graph, given));
        const canonical = unlessIllConditioned(() => evaluateTerm(canonicalTerm(graph), given));
        fc.pre(value !== undefined && canonical !== undefined);
        expect(agree(value, canonical)).toBe(true);
      }),
      { numRuns: 500, seed: 1 },
    );
  });

  test(
    "gives one key to one function and, but for some, one function one key",
    { timeout: 60_000 },
    () => {
      const random = stream(1, "functions");
      const functions = new Map<string, Set<string>>();
      const valueOfKey = new Map<string, Matrix>();
      for (let drawn = 0; drawn < 2000; drawn++) {
        const graph = sampleGraph(5, random);
        const value = unlessIllConditioned(() => evaluateGraph(graph, inputs));
        if (!value) continue;
        const key = graphKey(graph);
        expect(agree(value, valueOfKey.get(key) ?? value)).toBe(true);
        valueOfKey.set(key, value);
        const rounded = JSON.stringify(value.map((row) => row.map((x) => x.toPrecision(7))));
        functions.set(rounded, (functions.get(rounded) ?? new Set()).add(key));
      }
      // What is left is mostly two orders of multiplication, on purpose; then A + A and A − A.
      const missed = valueOfKey.size - functions.size;
      expect(functions.size).toBeGreaterThan(1000);
      expect(missed / functions.size).toBeLessThan(0.05);
    },
  );

  test("stays small where the graph written out is an enormous expression", () => {
    let value: Expression = matmul(transpose("Q"), scale("K"));
    for (let i = 0; i < 20; i++) value = matmul(value, value);
    let doubled: Expression = "Q";
    for (let i = 0; i < 20; i++) doubled = add(doubled, doubled);
    expect(canonicalTerm(graphOf(matmul("V", value))).scales).toBe(2 ** 20);
    expect(canonicalTerm(graphOf(add("K", doubled))).core.coefficients).toContain(2 ** 20);
  });
});

function unlessIllConditioned<T>(compute: () => T): T | undefined {
  try {
    return compute();
  } catch (error) {
    if (error instanceof IllConditioned) return undefined;
    throw error;
  }
}
