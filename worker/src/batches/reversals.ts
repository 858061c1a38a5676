import type { Random } from "@opnas/core";
import { framing } from "../text/sequences.js";
import { maskId } from "../text/types.js";

/** Share of the second half's tokens that a reversed sequence hides. */
const hiddenShare = 0.6;

/**
 * Replaces the second half of a full sequence, in place, by its first half in reverse order. The
 * token in the middle of an odd number stays.
 *
 * @param row [CLS] tokens… [SEP]
 */
export function reverseHalf(row: Int32Array): void {
  const half = (row.length - framing) >> 1;
  const last = row.length - 2;
  for (let at = 0; at < half; at++) row[last - at] = row[1 + at] ?? 0;
}

/** Samples the positions that a reversed sequence hides, ascending: all in its second half. */
export function sampleHidden(random: Random, length: number): number[] {
  const half = (length - framing) >> 1;
  const first = length - 1 - half;
  const count = Math.max(1, Math.round(half * hiddenShare));
  const places = Array.from({ length: half }, (_, at) => first + at);
  return random
    .shuffle(places)
    .slice(0, count)
    .sort((a, b) => a - b);
}

/**
 * Reverses every row and hides tokens of its second half by [MASK]: each stands unhidden in the
 * first half, at a distance that depends on its place.
 *
 * @param ids full sequences, [rows × length]; they stay unchanged
 * @returns as `maskBatch` does, as many positions of every row
 */
export function maskReversals(random: Random, ids: Int32Array, length: number) {
  const masked = ids.slice();
  const positions: number[] = [];
  const targets: number[] = [];
  for (let start = 0; start < masked.length; start += length) {
    const row = masked.subarray(start, start + length);
    reverseHalf(row);
    for (const at of sampleHidden(random, length)) {
      positions.push(start + at);
      targets.push(row[at] ?? 0);
      row[at] = maskId;
    }
  }
  return {
    ids: masked,
    positions: Int32Array.from(positions),
    targets: Int32Array.from(targets),
  };
}
