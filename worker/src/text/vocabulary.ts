import { OpnasError } from "@opnas/core";
import TinyQueue from "tinyqueue";

/**
 * Two neighbouring pieces, the number of times they occur, and the words they may still occur in.
 */
interface Pair {
  readonly left: string;
  readonly right: string;
  /** Place in the order in which pairs were met. */
  readonly order: number;
  count: number;
  /** The highest count with which it stands in the queue. */
  queued: number;
  readonly words: Set<Word>;
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
  pairs.add(words);
  while (vocabulary.size < size) {
    const best = pairs.takeMostFrequent();
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

/** An entry of the queue: a pair, and its count when it was put in. */
interface Entry {
  pair: Pair;
  count: number;
}

/**
 * The pairs of all words, with a queue that has the most frequent first. A count that fell shows when its
 * entry comes to the top, so that only pairs whose count rose are put in again. Looking at all pairs for
 * each merge took four times as long with 80,000 words and 20,000 pieces, and the more the larger the text.
 */
class PairTable {
  private readonly byKey = new Map<string, Pair>();
  private readonly queue = new TinyQueue<Entry>(
    [],
    (a, b) => b.count - a.count || a.pair.order - b.pair.order,
  );

  /** Counts the pairs of words. */
  add(words: Iterable<Word>): void {
    const raised = new Set<Pair>();
    for (const word of words) {
      this.forEachPair(word, (pair) => {
        pair.count += word.count;
        pair.words.add(word);
        raised.add(pair);
      });
    }
    for (const pair of raised) this.put(pair);
  }

  /**
   * Takes the most frequent pair out of the queue, of equals the one met first; undefined if none occurs
   * twice.
   */
  takeMostFrequent(): Pair | undefined {
    for (let top = this.queue.pop(); top !== undefined; top = this.queue.pop()) {
      const { pair, count } = top;
      if (count !== pair.queued) continue; // A later entry with a higher count stood for it.
      pair.queued = 0;
      if (pair.count === count) return pair;
      this.put(pair);
    }
    return undefined;
  }

  /** Joins the pair `merged` to one piece in every word that has it. */
  merge(merged: Pair): void {
    const words = [...merged.words].filter(({ pieces }) => occurs(merged, pieces));
    for (const word of words) {
      this.forEachPair(word, (pair) => (pair.count -= word.count));
      word.pieces = mergePieces(word.pieces, merged);
    }
    this.add(words);
  }

  /** Puts a pair into the queue, unless it occurs once only or stands there with as high a count. */
  private put(pair: Pair): void {
    if (pair.count <= Math.max(1, pair.queued)) return;
    pair.queued = pair.count;
    this.queue.push({ pair, count: pair.count });
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
      const order = this.byKey.size;
      pair = { left, right, order, count: 0, queued: 0, words: new Set() };
      this.byKey.set(key, pair);
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

/** Tells whether a pair is among the neighbours of a word's pieces. */
function occurs({ left, right }: Pair, pieces: readonly string[]): boolean {
  return pieces.some((piece, index) => piece === left && pieces[index + 1] === right);
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
