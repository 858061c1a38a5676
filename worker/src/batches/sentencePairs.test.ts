import { describe, expect, test } from "vitest";
import { Prefetcher } from "./prefetch.js";
import { runningText, segmentsOf } from "../text/sequences.js";
import { clsId, firstWordId, sepId } from "../text/types.js";
import { documentsWithoutPairs, maskedPairsSchema, pairBatches } from "./sentencePairs.js";

/**
 * Forty documents of thirty sentences of seven words; a word's id encodes its document and its
 * place.
 */
const [documentCount, sentenceCount, words] = [40, 30, 7];
const perDocument = sentenceCount * words;
const documents = runningText(
  Array.from({ length: documentCount }, (_, document) =>
    Array.from({ length: sentenceCount }, (_, sentence) =>
      Array.from(
        { length: words },
        (_, word) => firstWordId + document * perDocument + sentence * words + word,
      ),
    ),
  ),
);
const length = 32;
const vocabulary = firstWordId + documentCount * perDocument;
const spec = { documents, size: 8, length, masking: 0.15, vocabulary, seed: 3 };
const batchOf = pairBatches(spec);

/** A batch's rows with the hidden tokens put back. */
function rowsOf(index: number) {
  const { ids, positions, targets, follows, size } = batchOf(index);
  const whole = ids.slice();
  for (const [at, position] of positions.entries()) whole[position] = targets[at] ?? 0;
  return Array.from({ length: size }, (_, row) => {
    const tokens = whole.subarray(row * length, (row + 1) * length);
    const middle = tokens.indexOf(sepId);
    const [first, second] = [tokens.subarray(1, middle), tokens.subarray(middle + 1, -1)];
    return { tokens, first, second, follows: follows[row] === 1 };
  });
}
const place = (id = 0) => id - firstWordId;
const documentOf = (id?: number) => Math.floor(place(id) / perDocument);

describe("sentence pairs", () => {
  const rows = Array.from({ length: 50 }, (_, index) => rowsOf(index)).flat();

  test("are full, framed, and of running text", () => {
    for (const { tokens, first, second } of rows) {
      expect([tokens[0], tokens.at(-1)]).toEqual([clsId, sepId]);
      expect(first.length + second.length).toBe(length - 3);
      for (const part of [first, second]) {
        expect(part.length).toBeGreaterThanOrEqual(7);
        expect(part).toEqual(Int32Array.from(part, (_, at) => (part[0] ?? 0) + at));
      }
    }
  });

  test("have their border where a sentence begins", () => {
    for (const { second } of rows) expect(place(second[0]) % words).toBe(0);
  });

  test("follow one another in half of the cases, else come from two documents", () => {
    for (const { first, second, follows } of rows) {
      if (follows) expect(second[0]).toBe((first.at(-1) ?? 0) + 1);
      else expect(documentOf(second[0])).not.toBe(documentOf(first[0]));
    }
    const share = rows.filter(({ follows }) => follows).length / rows.length;
    expect(share).toBeGreaterThan(0.42);
    expect(share).toBeLessThan(0.58);
  });

  test("use every border once in an epoch", () => {
    const borders = new Set(rows.map(({ first }) => first.at(-1)));
    expect(borders.size).toBe(rows.length);
  });

  test("hide the same number of tokens in every batch", () => {
    const counts = Array.from({ length: 20 }, (_, index) => batchOf(index).targets.length);
    expect(new Set(counts)).toEqual(new Set([Math.round(0.15 * 8 * (length - 3))]));
  });

  test("have their second segment from the first [SEP] on", () => {
    const { ids, size } = batchOf(0);
    const segments = segmentsOf(ids, size, length);
    for (const [row, { first }] of rowsOf(0).entries()) {
      const own = segments.subarray(row * length, (row + 1) * length);
      expect([...own]).toEqual(Array.from({ length }, (_, at) => Number(at > first.length + 1)));
    }
  });

  test("are the same when a thread prefetches them, from any batch on", async () => {
    const threadFile = new URL("../../dist/pretraining/batchThread.js", import.meta.url);
    const parse = (message: unknown) => maskedPairsSchema.parse(message);
    const prefetcher = Prefetcher.start(threadFile, { ...spec, first: 5 }, parse);
    for (let index = 5; index < 20; index++)
      expect(await prefetcher.next()).toEqual(batchOf(index));
    await prefetcher.end();
  });

  test("come from no document that is short or of one sentence, and those are counted", () => {
    const word = (count: number) => Array.from({ length: count }, () => firstWordId);
    const given = [[word(29), word(29)], [word(80)], [word(5), word(5)], [word(22), word(22)]];
    // Of a pair of 32 tokens, 29 are words, of which either text has up to 22.
    expect(documentsWithoutPairs(runningText(given), length)).toBe(2);
    expect(documentsWithoutPairs(documents, length)).toBe(0);
  });

  test("need two documents that are long enough", () => {
    expect(() => pairBatches({ ...spec, length: 512 })).toThrow(/choose a smaller length/);
  });

  test("need a document of two sentences, and a thread says so with the code", async () => {
    const { ids, documents } = spec.documents;
    const wholes = { ids, documents, sentences: documents.slice(0, -1) };
    const threadFile = new URL("../../dist/pretraining/batchThread.js", import.meta.url);
    const parse = (message: unknown) => maskedPairsSchema.parse(message);
    const data = { ...spec, documents: wholes, first: 0 };
    const prefetcher = Prefetcher.start(threadFile, data, parse);
    const refusal = {
      code: "BAD_INPUT",
      message: expect.stringContaining("has two sentences") as string,
    };
    await expect(prefetcher.next()).rejects.toMatchObject(refusal);
    await expect(prefetcher.next()).rejects.toMatchObject(refusal);
    await prefetcher.end();
  });
});
