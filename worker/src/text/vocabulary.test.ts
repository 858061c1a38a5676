import { describe, expect, test } from "vitest";

import { splitWords } from "./words.js";
import { idsOf, WordEncoder } from "./tokenizer.js";
import { clsId, maskId, padId, sepId, unknownId } from "./types.js";
import { specialTokens, trainVocabulary } from "./vocabulary.js";

const words = new Map([
  ["low", 5],
  ["lower", 2],
  ["newest", 6],
  ["widest", 3],
]);

describe("trainVocabulary", () => {
  test("puts the special tokens at their ids, then the characters in order", () => {
    const vocabulary = trainVocabulary(words, 28);
    expect(vocabulary.indexOf("[PAD]")).toBe(padId);
    expect(vocabulary.indexOf("[UNK]")).toBe(unknownId);
    expect(vocabulary.indexOf("[CLS]")).toBe(clsId);
    expect(vocabulary.indexOf("[SEP]")).toBe(sepId);
    expect(vocabulary.indexOf("[MASK]")).toBe(maskId);
    const characters = vocabulary.slice(5).filter((token) => token.replace("##", "").length === 1);
    expect(characters).toEqual([...characters].sort());
    expect(characters).toContain("##w");
    expect(characters).toContain("l");
  });

  test("merges the most frequent neighbours first, of equals those met first", () => {
    // ##e ##s, ##s ##t (then ##es ##t) and ##e ##st occur nine times each; lo and ##ow seven times.
    const vocabulary = trainVocabulary(words, 25);
    const merged = vocabulary
      .filter((token) => token.replace("##", "").length > 1)
      .slice(specialTokens.length);
    expect(merged.slice(0, 4)).toEqual(["##es", "##est", "lo", "low"]);
  });

  test("does not depend on the order in which words were counted", () => {
    const reversed = new Map([...words].reverse());
    expect(trainVocabulary(reversed, 28)).toEqual(trainVocabulary(words, 28));
  });

  test("refuses a size below the number of characters", () => {
    expect(() => trainVocabulary(words, 10)).toThrow(/set it higher/);
  });

  test("is filled up where the text yields no more", () => {
    const vocabulary = trainVocabulary(words, 1000);
    const unused = vocabulary.findIndex((piece) => piece.startsWith("[unused"));
    expect(unused).toBeGreaterThanOrEqual(28);
    expect(vocabulary.slice(unused)).toEqual(
      Array.from({ length: 1000 - unused }, (_, index) => `[unused${index}]`),
    );
  });
});

describe("WordEncoder", () => {
  const encoder = new WordEncoder(trainVocabulary(words, 28));

  test("encodes words in known pieces, and unknown characters as [UNK]", () => {
    expect(encoder.word("lowest").ids).not.toContain(unknownId);
    expect(encoder.word("é").ids).toEqual([unknownId]);
    expect(encoder.word("ψ").ids).toEqual([unknownId]);
  });

  test("gives the sentences of a text, word by word", () => {
    const sentences = encoder.sentences("Newest, widest. Low.");
    expect(sentences.map((sentence) => sentence.map(({ text }) => text))).toEqual([
      splitWords("Newest, widest."),
      splitWords("Low."),
    ]);
    expect(idsOf(sentences[1] ?? [])).toEqual([
      ...encoder.word("low").ids,
      ...encoder.word(".").ids,
    ]);
  });
});
