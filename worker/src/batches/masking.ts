import type { Random } from "@opnas/core";

import { firstWordId, maskId } from "../text/types.js";

/** A batch with some of its tokens hidden. */
export interface MaskedBatch {
  /** The ids with the chosen positions replaced, in the shape of the input. */
  ids: Int32Array;
  /** Chosen indices into `ids` (row × length + column), ascending. */
  positions: Int32Array;
  /** The ids that stood at `positions`, in that order. */
  targets: Int32Array;
}

/**
 * Hides tokens as BERT does (Devlin et al. 2019): of the chosen positions 80 % become [MASK], 10 %
 * a random word piece, 10 % stay. Special tokens and padding are never chosen, nor used as a
 * replacement.
 *
 * Exactly round(fraction × tokens that may be hidden), at least one, are chosen over the batch as a
 * whole. Pre-training sequences are full, so every batch of one size gives tensors of one shape.
 *
 * @param ids [rows × length]; they stay unchanged
 * @param fraction share of the tokens to hide, 0–1
 * @param vocabulary number of entries, special tokens included
 */
export function maskBatch(
  random: Random,
  ids: Int32Array,
  fraction: number,
  vocabulary: number,
): MaskedBatch {
  const maskable: number[] = [];
  for (const [position, id] of ids.entries()) if (id >= firstWordId) maskable.push(position);
  const count = Math.min(maskable.length, Math.max(1, Math.round(fraction * maskable.length)));
  const positions = Int32Array.from(random.shuffle(maskable).slice(0, count)).sort();

  const masked = ids.slice();
  const targets = new Int32Array(count);
  for (const [index, position] of positions.entries()) {
    targets[index] = ids[position] ?? 0;
    const fate = random.next();
    if (fate < 0.8) masked[position] = maskId;
    else if (fate < 0.9) masked[position] = firstWordId + random.int(vocabulary - firstWordId);
  }
  return { ids: masked, positions, targets };
}
