import { hashHex } from "../hash.js";
import { canonicalTerm, termKey } from "./canonical.js";
import type { Architecture, AttentionGraph, Layer } from "./schema.js";

/** Part of every key: raised when the canonical form changes, for then old keys mean nothing. */
const keyVersion = 1;

/**
 * A name for what an architecture computes: 32 hex digits, the same in Node and browsers. Two
 * architectures whose equality canonical.ts can show have the same key; others differ (128 bits of
 * SHA-256). The architecture must be legal.
 */
export function architectureKey(architecture: Architecture): string {
  return hashHex(JSON.stringify(["architecture", keyVersion, architecture.layers.map(layerKey)]));
}

/** The key of one attention graph: equal for graphs that compute the same. */
export function graphKey(graph: AttentionGraph): string {
  return hashHex(JSON.stringify(["graph", keyVersion, termKey(canonicalTerm(graph))]));
}

/** Within a backbone: equal for layers that compute the same. */
export function layerKey(layer: Layer): string {
  return layer.kind === "attention" ? graphKey(layer.graph) : `conv ${layer.kernelSize}`;
}
