import { DOMParser, type Element, onErrorStopParsing } from "@xmldom/xmldom";
import { autobertZeroBase, bertLayer, layoutGraph, withDepth } from "@opnas/core";
import { describe, expect, test } from "vitest";
import { svgFile } from "./svg.js";
import { randomArchitecture } from "./testing/randomModel.js";

/** Parses a drawing, and fails at the first place that is not XML; returns its panels. */
function panelsOf(drawing: string): Element[] {
  const parser = new DOMParser({ onError: onErrorStopParsing });
  const root = parser.parseFromString(drawing, "image/svg+xml").documentElement;
  return Array.from(root?.getElementsByTagName("g") ?? []).filter(
    (group) => group.parentNode === root,
  );
}

describe("an architecture's drawing", () => {
  test.each([1, 2, 3, 4])("has a box for each node and a path for each edge (seed %i)", (seed) => {
    const architecture = randomArchitecture(seed, 1);
    const [layer] = architecture.layers;
    const [panel] = panelsOf(svgFile(architecture));
    const { nodes, edges } =
      layer?.kind === "attention" ? layoutGraph(layer.graph) : { nodes: [], edges: [] };
    expect(panel?.getElementsByTagName("rect")).toHaveLength(1 + nodes.length);
    expect(panel?.getElementsByTagName("path")).toHaveLength(edges.length);
  });

  test("has a panel for each layer, from top to bottom", () => {
    const panels = panelsOf(svgFile(autobertZeroBase));
    const tops = panels.map((panel) =>
      Number(/ ([\d.]+)\)/.exec(panel.getAttribute("transform") ?? "")?.[1]),
    );
    expect(tops).toHaveLength(autobertZeroBase.layers.length);
    expect(tops).toEqual(tops.toSorted((a, b) => a - b));
  });

  test("shows equal layers in a row once", () => {
    const drawing = svgFile(withDepth({ version: 1, layers: [bertLayer] }, 12));
    expect(panelsOf(drawing)).toHaveLength(1);
    expect(drawing).toContain("Layers 1–12: attention");
  });
});
