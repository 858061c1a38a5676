/**
 * Tokens that are scored at once: enough to keep an engine busy, and memory follows from them. By 64
 * rows whatever their length, a base model took 8.8 GiB at 128 tokens and 29 GiB at 384.
 */
const tokensAtOnce = 2048;

const mostRows = 64;

/** Returns how many rows of a length are scored at once. */
export function rowsAtOnce(length: number): number {
  return Math.max(1, Math.min(mostRows, Math.floor(tokensAtOnce / length)));
}
