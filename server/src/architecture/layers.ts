import { type Architecture as Backbone, layerFormula, layoutGraph } from "@opnas/core";
import type { Layer } from "./layerTypes.js";
import { LayerKind } from "./types.js";

/** Returns a backbone's layers with their formulas and, for attention, the graph to draw. */
export function layersOf(backbone: Backbone): Layer[] {
  return backbone.layers.map((layer, index) => {
    const formula = layerFormula(layer);
    return layer.kind === "attention"
      ? {
          index,
          kind: LayerKind.ATTENTION,
          formula,
          kernelSize: null,
          graph: layoutGraph(layer.graph),
        }
      : { index, kind: LayerKind.CONVOLUTION, formula, kernelSize: layer.kernelSize, graph: null };
  });
}
