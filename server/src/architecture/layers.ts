import { type Architecture as Backbone, layerFormula, layoutGraph } from "@opnas/core";
import type { Layer } from "./layerTypes.js";
import { LayerKind } from "./types.js";

/**
 * Returns a backbone's layers. Their formulas and, for attention, the graphs to draw are made where they are
 * asked for: a page of lists has hundreds of layers, and most ask for their kinds alone.
 */
export function layersOf(backbone: Backbone): Layer[] {
  return backbone.layers.map((layer, index) => ({
    index,
    kind: layer.kind === "attention" ? LayerKind.ATTENTION : LayerKind.CONVOLUTION,
    kernelSize: layer.kind === "attention" ? null : layer.kernelSize,
    get formula() {
      return layerFormula(layer);
    },
    get graph() {
      return layer.kind === "attention" ? layoutGraph(layer.graph) : null;
    },
  }));
}
