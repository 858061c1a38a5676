import type { Random } from "@opnas/core";
import { framing } from "../text/sequences.js";

/** Shortest and longest stretch that is repeated, as shares of a sequence's tokens. */
const shares = { least: 1 / 6, most: 2 / 5 };

/** A stretch of a sequence, and the later place at which it occurs again: indices into the row. */
export interface Repeat {
  from: number;
  to: number;
  length: number;
}

/** Samples a stretch of a full sequence and a later place for it that does not overlap it. */
export function sampleRepeat(random: Random, sequenceLength: number): Repeat {
  const tokens = sequenceLength - framing;
  const least = Math.max(1, Math.round(tokens * shares.least));
  const most = Math.max(least, Math.min(tokens >> 1, Math.round(tokens * shares.most)));
  const length = least + random.int(most - least + 1);
  const spare = tokens - 2 * length;
  const before = random.int(spare + 1);
  const between = random.int(spare - before + 1);
  const from = 1 + before;
  return { from, to: from + length + between, length };
}

/**
 * Repeats a stretch of text within each of the first `share` of the rows, in place: its tokens stand
 * at a later place once more, instead of those that stood there.
 *
 * @param ids full sequences, [rows × length]
 */
export function repeatStretches(
  random: Random,
  ids: Int32Array,
  length: number,
  share: number,
): void {
  const rows = Math.round((ids.length / length) * share);
  for (let row = 0; row < rows; row++) {
    const repeat = sampleRepeat(random, length);
    const start = row * length;
    ids.copyWithin(start + repeat.to, start + repeat.from, start + repeat.from + repeat.length);
  }
}
