import { autobertZeroBase, bertLayer, withDepth } from "./named.js";
import type { Architecture, Layer } from "./schema.js";

/** A published backbone that searched ones are held against. */
export interface ReferenceBackbone {
  /** Tells the references of one search apart; the same in every search. */
  reference: string;
  name: string;
  architecture: Architecture;
}

/**
 * The backbones that the paper compares with, at a depth: vanilla BERT, the pattern of AutoBERT-Zero
 * (paper §7), and the pattern's attention layers or convolution layers alone (`withDepth` says how a
 * pattern is cut or stretched). Shallow ones may be equal: one layer of the pattern is a convolution.
 *
 * @throws OpnasError BAD_INPUT if the depth is out of range
 */
export function referenceBackbones(layers: number): ReferenceBackbone[] {
  return [
    {
      reference: "bert",
      name: "vanilla BERT",
      architecture: withDepth({ version: 1, layers: [bertLayer] }, layers),
    },
    {
      reference: "autobert-zero",
      name: "AutoBERT-Zero's pattern",
      architecture: withDepth(autobertZeroBase, layers),
    },
    {
      reference: "autobert-zero-attention",
      name: "AutoBERT-Zero's attention only",
      architecture: withDepth(only("attention"), layers),
    },
    {
      reference: "autobert-zero-convolution",
      name: "AutoBERT-Zero's convolution only",
      architecture: withDepth(only("conv"), layers),
    },
  ];
}

/**
 * An architecture of a search at another depth. Of a reference a search stores what fits its own
 * depth, so it is made anew from the whole published pattern; any other is cut or stretched
 * (`withDepth`).
 *
 * @param reference which reference backbone it is; null for a candidate
 * @throws OpnasError BAD_INPUT if the depth is out of range
 */
export function atDepth(
  architecture: Architecture,
  reference: string | null,
  layers: number,
): Architecture {
  const published = referenceBackbones(layers).find((each) => each.reference === reference);
  return published?.architecture ?? withDepth(architecture, layers);
}

function only(kind: Layer["kind"]): Architecture {
  const layers = autobertZeroBase.layers.filter((layer) => layer.kind === kind);
  return { version: 1, layers };
}
