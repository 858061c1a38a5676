import { autobertZeroBase, bertLayer, layerFormula, withDepth } from "@opnas/core";
import katex from "katex";
import { expect, test } from "vitest";
import { latexFile } from "./latex.js";
import { randomArchitecture } from "./testing/randomModel.js";

/** Returns the formulas of a document: what stands in displays and between dollar signs. */
function formulasOf(document: string): string[] {
  return [...document.matchAll(/\\\[\n(.*?)\n\\\]|\$([^$]+)\$/gs)].map(
    ([, display, inline]) => display ?? inline ?? "",
  );
}

test("a document has each layer's formula in its place", () => {
  const document = latexFile(autobertZeroBase);
  const places = autobertZeroBase.layers.map((layer) => document.indexOf(layerFormula(layer)));
  expect(Math.min(...places)).toBeGreaterThan(0);
  expect(document).toContain("Layer 1: convolution, kernel of 65 tokens");
  expect(document).toContain("Layer 2: attention");
});

test("equal layers in a row are written once", () => {
  const document = latexFile(withDepth({ version: 1, layers: [bertLayer] }, 12));
  expect(document.match(/\\paragraph\{Layer/g)).toHaveLength(1);
  expect(document).toContain("Layers 1–12: attention");
});

test.each([1, 2, 3, 4, 5, 6])("every formula is LaTeX that can be set (seed %i)", (seed) => {
  const formulas = formulasOf(latexFile(randomArchitecture(seed, 6)));
  expect(formulas.length).toBeGreaterThan(6);
  for (const formula of formulas) {
    expect(() =>
      katex.renderToString(formula, { displayMode: true, strict: "error" }),
    ).not.toThrow();
  }
});
