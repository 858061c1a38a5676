import { firstWordId, type Sequences } from "../text/types.js";

/** The distribution of the tokens that followed (or preceded) one token. */
interface Row {
  ids: Int32Array;
  /** The discounted share of each id. */
  shares: Float64Array;
  /** The probability mass of the unigram model. */
  backoff: number;
}

/** The part of each bigram count that goes to the unigram model instead (absolute discounting). */
const discount = 0.75;

/**
 * A bigram language model with absolute discounting over the pre-training text: the baseline that
 * networks are compared with.
 */
export class BigramModel {
  /** The probability of each id, add-one smoothed; 0 for special tokens. */
  readonly unigram: Float64Array;
  private readonly following: Row[];
  private readonly preceding: Row[];

  /** @param vocabulary the number of entries, special tokens included */
  constructor(text: Sequences, vocabulary: number) {
    const counts = new Float64Array(vocabulary).fill(1, firstWordId);
    const forward = new Float64Array(text.ids.length);
    const backward = new Float64Array(text.ids.length);
    let pairs = 0;
    let left = 0;
    let total = vocabulary - firstWordId;
    for (const id of text.ids) {
      if (id >= firstWordId) {
        counts[id] = (counts[id] ?? 0) + 1;
        total++;
        if (left >= firstWordId) {
          forward[pairs] = left * vocabulary + id;
          backward[pairs++] = id * vocabulary + left;
        }
      }
      left = id;
    }
    this.unigram = counts.map((count) => count / total);
    this.following = rowsOf(forward.subarray(0, pairs), vocabulary);
    this.preceding = rowsOf(backward.subarray(0, pairs), vocabulary);
  }

  /** Returns P(next | id), above 0 for every word piece. */
  next(id: number, next: number): number {
    const unigram = this.unigram[next] ?? 0;
    const row = this.following[id];
    if (row === undefined) return unigram;
    const at = row.ids.indexOf(next);
    return row.backoff * unigram + (at < 0 ? 0 : (row.shares[at] ?? 0));
  }

  /**
   * Returns P(w | left, right) ∝ P(w | left) · P(w | right) / P(w) for every id w: [vocabulary]. A
   * neighbour that is a special token (hidden, or the sequence's edge) is left out.
   */
  between(left: number, right: number): Float64Array {
    const product = this.unigram.slice();
    for (const row of [this.following[left], this.preceding[right]]) {
      if (row === undefined) continue;
      const { ids, shares, backoff } = row;
      for (const [index, id] of ids.entries()) {
        const ratio = 1 + (shares[index] ?? 0) / (backoff * (this.unigram[id] ?? 1));
        product[id] = (product[id] ?? 0) * ratio;
      }
    }
    let sum = 0;
    for (const value of product) sum += value;
    for (let id = 0; id < product.length; id++) product[id] = (product[id] ?? 0) / sum;
    return product;
  }
}

/**
 * Makes the rows by first token of pairs coded as first × vocabulary + second, which are sorted in
 * place; tokens never seen have none.
 */
function rowsOf(pairs: Float64Array, vocabulary: number): Row[] {
  const seconds: number[][] = [];
  const counts: number[][] = [];
  let last = -1;
  for (const pair of pairs.sort()) {
    const first = Math.floor(pair / vocabulary);
    const rowCounts = (counts[first] ??= []);
    if (pair === last) rowCounts[rowCounts.length - 1] = (rowCounts.at(-1) ?? 0) + 1;
    else {
      (seconds[first] ??= []).push(pair % vocabulary);
      rowCounts.push(1);
    }
    last = pair;
  }
  const rows: Row[] = [];
  for (const [first, ids] of seconds.entries()) {
    // `entries` visits the holes of tokens that never came first, too.
    const rowCounts = counts[first] ?? [];
    const total = rowCounts.reduce((sum, count) => sum + count, 0);
    if (total === 0) continue;
    rows[first] = {
      ids: Int32Array.from(ids),
      shares: Float64Array.from(rowCounts, (count) => (count - discount) / total),
      backoff: (discount * ids.length) / total,
    };
  }
  return rows;
}
