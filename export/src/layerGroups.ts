import type { Architecture, Layer } from "@opnas/core";

/** Layers that follow one another and have the same mixing. */
export interface LayerGroup {
  layer: Layer;
  /** The first and the last layer, from 1. */
  first: number;
  last: number;
}

/** Joins layers that follow one another and have the same mixing. */
export function layerGroups({ layers }: Architecture): LayerGroup[] {
  const groups: LayerGroup[] = [];
  for (const [index, layer] of layers.entries()) {
    const previous = groups.at(-1);
    const isSame = previous && JSON.stringify(previous.layer) === JSON.stringify(layer);
    if (isSame) previous.last = index + 1;
    else groups.push({ layer, first: index + 1, last: index + 1 });
  }
  return groups;
}

/** Returns e.g. "Layer 1: convolution, kernel of 65 tokens" or "Layers 2–4: attention". */
export function groupTitle({ layer, first, last }: LayerGroup): string {
  const place =
    first === last ? `Layer ${first.toString()}` : `Layers ${first.toString()}–${last.toString()}`;
  const mixing =
    layer.kind === "attention"
      ? "attention"
      : `convolution, kernel of ${layer.kernelSize.toString()} tokens`;
  return `${place}: ${mixing}`;
}
