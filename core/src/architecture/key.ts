import { hashHex } from "../hash.js";
import { Kept } from "../kept.js";
import { canonicalTerm, termKey } from "./canonical.js";
import type { Architecture, AttentionGraph, Layer } from "./schema.js";

/** Version in every key, raised when the canonical form changes and old keys become invalid. */
const keyVersion = 1;

/**
 * Returns the key of the function that an architecture computes: 32 hex digits, the same in Node and
 * browsers. Two architectures whose equality canonical.ts can show have the same key; others differ
 * (128 bits of SHA-256). The architecture must be legal.
 */
export function architectureKey(architecture: Architecture): string {
  return hashHex(JSON.stringify(["architecture", keyVersion, architecture.layers.map(layerKey)]));
}

/** Keys by the graphs' text: mutations of deep architectures ask for those of all their layers again. */
const kept = new Kept<string>(4096);

/** Returns the key of one attention graph, equal for graphs whose equality canonical.ts can show. */
export function graphKey(graph: AttentionGraph): string {
  return kept.get(JSON.stringify(graph), () =>
    hashHex(JSON.stringify(["graph", keyVersion, termKey(canonicalTerm(graph))])),
  );
}

/** Returns the key of one layer, equal for layers whose equality canonical.ts can show. */
export function layerKey(layer: Layer): string {
  return layer.kind === "attention" ? graphKey(layer.graph) : `conv ${layer.kernelSize}`;
}
