import { OpnasError } from "@opnas/core";

/**
 * Two neighbouring pieces, the number of times they occur, and the words they may still occur in.
 */
interface Pair {
  left: string;
  right: string;
  count: number;
  words: Set<Word>;
}

interface Word {
  pieces: string[];
  count: number;
}

/** The special tokens, in the order of their ids (`padId` … `maskId`). */
export const specialTokens = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"] as const;

const continuation = "##";

/**
 * Trains a WordPiece vocabulary of `size` entries: the special tokens, every character, then the
 * most frequent merges of neighbouring pieces (byte-pair encoding) in the order they were made,
 * then `[unused…]` if the text yields no more.
 *
 * The same words must give the same ids in every process, which the trainer in npm's `tokenizers`
 * does not guarantee: it orders characters, and with them equally frequent merges, by a randomly
 * seeded hash map (decision 0007). Ties here go to the pair met first, words in code-unit
 * order.
 *
 * @param wordCounts lower-cased words of the pre-training text with the number of times each occurs
 * @throws OpnasError BAD_SETTING when `size` is below the number of characters
 */
export function trainVocabulary(wordCounts: ReadonlyMap<string, number>, size: number): string[] {
  const words = [...wordCounts]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([text, count]): Word => ({ pieces: characters(text), count }));
  const alphabet = new Set(words.flatMap((word) => word.pieces));
  const vocabulary = new Set<string>([...specialTokens, ...[...alphabet].sort()]);
  if (vocabulary.size > size) {
    throw new OpnasError(
      "BAD_SETTING",
      `A vocabulary of ${size} does not hold the text's ${vocabulary.size} characters and special tokens; set it higher.`,
    );
  }

  const pairs = new PairTable();
  for (const word of words) pairs.add(word);
  while (vocabulary.size < size) {
    const best = pairs.mostFrequent();
    if (best === undefined) break;
    vocabulary.add(joined(best));
    pairs.merge(best);
  }
  return filledUp(vocabulary, size);
}

/**
 * Appends `[unused…]` to the pieces until there are `size`, the number that models are built for.
 */
export function filledUp(pieces: Iterable<string>, size: number): string[] {
  const filled = new Set(pieces);
  for (let unused = 0; filled.size < size; unused++) filled.add(`[unused${unused}]`);
  return [...filled];
}

class PairTable {
  private readonly byKey = new Map<string, Pair>();
  private readonly pairs: Pair[] = [];

  /** Counts a word's pairs. */
  add(word: Word): void {
    this.forEachPair(word, (pair) => {
      pair.count += word.count;
      pair.words.add(word);
    });
  }

  /**
   * Returns the most frequent pair, of equals the one met first; undefined if none occurs twice.
   */
  mostFrequent(): Pair | undefined {
    let best: Pair | undefined;
    let count = 1;
    for (const pair of this.pairs) {
      if (pair.count > count) {
        best = pair;
        count = pair.count;
      }
    }
    return best;
  }

  /** Joins the pair `merged` to one piece in every word that has it. */
  merge(merged: Pair): void {
    for (const word of merged.words) {
      this.forEachPair(word, (pair) => (pair.count -= word.count));
      word.pieces = mergePieces(word.pieces, merged);
      this.add(word);
    }
  }

  private forEachPair(word: Word, visit: (pair: Pair) => void): void {
    let left: string | undefined;
    for (const right of word.pieces) {
      if (left !== undefined) visit(this.pair(left, right));
      left = right;
    }
  }

  private pair(left: string, right: string): Pair {
    const key = keyOf(left, right);
    let pair = this.byKey.get(key);
    if (pair === undefined) {
      pair = { left, right, count: 0, words: new Set() };
      this.byKey.set(key, pair);
      this.pairs.push(pair);
    }
    return pair;
  }
}

function keyOf(left: string, right: string): string {
  return `${left} ${right}`;
}

function characters(word: string): string[] {
  return Array.from(word, (character, index) =>
    index === 0 ? character : continuation + character,
  );
}

function joined({ left, right }: Pair): string {
  return left + right.slice(continuation.length);
}

function mergePieces(pieces: readonly string[], pair: Pair): string[] {
  const merged: string[] = [];
  for (const piece of pieces) {
    if (piece === pair.right && merged.at(-1) === pair.left)
      merged[merged.length - 1] = joined(pair);
    else merged.push(piece);
  }
  return merged;
}
