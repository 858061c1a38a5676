import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { unsimplifiedGraphs } from "../testing/arbitrary.js";
import {
  add,
  cosine,
  graphOf,
  matmul,
  neg,
  scale,
  softsign,
  transpose,
  type Expression,
} from "../testing/expressions.js";
import { graphFormula, layerFormula } from "./formula.js";
import { autobertZeroBase, bertLayer } from "./named.js";

describe("layerFormula", () => {
  test("writes BERT's attention", () => {
    expect(layerFormula(bertLayer)).toBe(
      String.raw`\operatorname{softmax}\left(\frac{Q K^{\top}}{\sqrt{d}}\right) V`,
    );
  });

  test("writes every layer of AutoBERT-Zero-base", () => {
    expect(autobertZeroBase.layers.map(layerFormula)).toMatchInlineSnapshot(`
      [
        "\\operatorname{Conv}_{65}",
        "\\operatorname{softmax}\\left(\\frac{Q \\left(-\\operatorname{logsig}\\left(-K\\right)\\right)^{\\top}}{\\sqrt{d}}\\right) \\left(Q + K\\right)",
        "\\operatorname{Conv}_{9}",
        "\\operatorname{softmax}\\left(\\frac{Q \\left(-\\operatorname{logsig}\\left(\\operatorname{logsig}\\left(Q\\right) + Q + K\\right)\\right)^{\\top}}{\\sqrt{d}}\\right) Q",
        "\\operatorname{Conv}_{3}",
        "\\operatorname{softmax}\\left(\\frac{Q \\left(-\\operatorname{logsig}\\left(K\\right)\\right)^{\\top}}{\\sqrt{d}}\\right) Q",
        "\\operatorname{Conv}_{7}",
        "\\operatorname{softmax}\\left(\\frac{Q \\left(-\\operatorname{logsig}\\left(K\\right)\\right)^{\\top}}{\\sqrt{d}}\\right) Q",
        "\\operatorname{Conv}_{7}",
        "\\operatorname{softmax}\\left(\\frac{Q \\left(\\frac{K}{\\sqrt{d}} + \\operatorname{softsign}\\left(\\frac{\\operatorname{softsign}\\left(K\\right)}{\\sqrt{d}}\\right) + V\\right)^{\\top}}{\\sqrt{d}}\\right) V",
        "\\operatorname{Conv}_{3}",
        "\\operatorname{softmax}\\left(\\frac{Q \\left(\\frac{K}{\\sqrt{d}} + V\\right)^{\\top}}{\\sqrt{d}}\\right) V",
      ]
    `);
  });
});

describe("graphFormula", () => {
  test.each<[string, Expression, string]>([
    [
      "a sum needs parentheses in a product",
      matmul(add("Q", "K"), transpose("V")),
      String.raw`\left(Q + K\right) V^{\top}`,
    ],
    [
      "a product to the right keeps its own",
      matmul("Q", matmul(transpose("K"), "V")),
      String.raw`Q \left(K^{\top} V\right)`,
    ],
    [
      "a product to the left needs none",
      matmul(matmul("Q", transpose("K")), "V"),
      String.raw`Q K^{\top} V`,
    ],
    ["adding a negative subtracts", add("Q", neg("K")), "Q - K"],
    [
      "subtracting a sum keeps it together",
      add("Q", neg(add("K", "V"))),
      String.raw`Q - \left(K + V\right)`,
    ],
    [
      "subtracting a product needs none",
      add("Q", neg(matmul(cosine("Q", "K"), "V"))),
      String.raw`Q - \operatorname{cos}\left(Q,\, K\right) V`,
    ],
    ["adding a sum that begins with a minus", add("Q", add(neg("K"), "V")), "Q - K + V"],
    ["two signs stay apart", add("K", neg(neg("Q"))), String.raw`K - \left(-Q\right)`],
    [
      "a function is transposed as a whole",
      transpose(softsign(add("Q", "K"))),
      String.raw`\left(\operatorname{softsign}\left(Q + K\right)\right)^{\top}`,
    ],
    [
      "a fraction is transposed as a whole",
      transpose(scale("Q")),
      String.raw`\left(\frac{Q}{\sqrt{d}}\right)^{\top}`,
    ],
  ])("%s", (_name, expression, latex) => {
    expect(graphFormula(graphOf(expression))).toBe(latex);
  });

  test("names a long shared value instead of repeating it", () => {
    const shared = softsign(add(scale("Q"), softsign(scale("K"))));
    expect(graphFormula(graphOf(matmul(cosine(shared, shared), "V")))).toBe(
      String.raw`\begin{aligned} Z_{1} &= \operatorname{softsign}\left(\frac{Q}{\sqrt{d}} + \operatorname{softsign}\left(\frac{K}{\sqrt{d}}\right)\right) \\ & \operatorname{cos}\left(Z_{1},\, Z_{1}\right) V \end{aligned}`,
    );
  });

  test("stays short where the graph written out has millions of characters", () => {
    let value: Expression = matmul("Q", transpose("K"));
    for (let i = 0; i < 20; i++) value = matmul(value, value);
    expect(graphFormula(graphOf(matmul(value, "V"))).length).toBeLessThan(2000);
  });

  test("closes every bracket it opens", () => {
    const count = (text: string, part: string) => text.split(part).length;
    fc.assert(
      fc.property(unsimplifiedGraphs, (graph) => {
        const latex = graphFormula(graph);
        expect(count(latex, "{")).toBe(count(latex, "}"));
        expect(count(latex, String.raw`\left(`)).toBe(count(latex, String.raw`\right)`));
      }),
      { numRuns: 200, seed: 4 },
    );
  });
});
