import { autobertZeroBase, bertLayer, withDepth } from "./named.js";
import type { Architecture, Layer } from "./schema.js";

/** A published backbone that searched ones are compared with. */
export interface ReferenceBackbone {
  /** The name of the reference, unique in a search and the same in every search. */
  reference: string;
  name: string;
  architecture: Architecture;
}

/**
 * Returns the reference backbones at a depth: vanilla BERT, the pattern of AutoBERT-Zero
 * (docs/paper.md §7), and the pattern's attention layers or convolution layers alone (`withDepth`
 * says how a pattern is cut or stretched). Shallow ones may be equal: one layer of the pattern is a
 * convolution.
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
 * Returns an architecture of a search at another depth. A search stores references cut to its own
 * depth, so a reference is made anew from its whole published pattern; a candidate is cut or
 * stretched (`withDepth`).
 *
 * @param reference the name of the reference backbone; null for a candidate
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
