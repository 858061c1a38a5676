import { Tokenizer } from "@huggingface/tokenizers";

import { byteLevelJson, byteLevelPattern } from "./byteLevel.js";
import { bertWordPattern, splitSentences, splitWords, wordPattern } from "./words.js";
import { clsId, sepId, unknownId } from "./types.js";

/** A word and its WordPiece ids; equal words of one encoder are one object. */
export interface Word {
  text: string;
  ids: readonly number[];
}

/** The words of a sentence, in order. */
export type Sentence = readonly Word[];

/** The ways in which text becomes words before it becomes pieces: the platform's, BERT's, or RoBERTa's. */
export type Splitting = "own" | "bert-uncased" | "bert-cased" | "byte-level";

/** The words of each splitting in a text; those of the platform's are split further. */
const patterns: Readonly<Record<Splitting, RegExp>> = {
  own: wordPattern,
  "bert-uncased": bertWordPattern,
  "bert-cased": bertWordPattern,
  "byte-level": byteLevelPattern,
};

/** The pieces of a word and its place in the text: code units [start, end). */
export interface PlacedWord {
  ids: readonly number[];
  start: number;
  end: number;
}

/**
 * Encodes text to token ids with a vocabulary made by `trainVocabulary`. The library encodes each
 * distinct word once; after that, words are looked up.
 */
export class WordEncoder {
  private readonly words = new Map<string, Word>();
  private readonly tokenizer: Tokenizer;

  /** @param merges of a byte-level vocabulary (`byteLevelJson`); no other has any */
  constructor(
    vocabulary: readonly string[],
    private readonly splitting: Splitting = "own",
    merges: readonly string[] = [],
  ) {
    const json =
      splitting === "byte-level"
        ? byteLevelJson(vocabulary, merges)
        : tokenizerJson(vocabulary, splitting !== "bert-cased");
    this.tokenizer = new Tokenizer(json, {});
  }

  /** The number of [SEP] between the two texts of a row: two for RoBERTa's. */
  get separators(): number {
    return separatorsOf(this.splitting);
  }

  /** Lists the words of a text in order, with their places in the unchanged text. */
  *placedWords(text: string): Generator<PlacedWord> {
    for (const { 0: word, index } of text.matchAll(patterns[this.splitting])) {
      // The space before a word is a part of its pieces, and not of an answer that begins with it.
      const spaces = word.length - word.trimStart().length;
      const start = index + (spaces === word.length ? 0 : spaces);
      // Without its accents a word may be another number of words.
      for (const part of this.splitting === "own" ? splitWords(word) : [word]) {
        yield { ids: this.word(part).ids, start, end: index + word.length };
      }
    }
  }

  /** Encodes a word: a lower-cased one of `splitWords`, or for BERT's splitting as it stands. */
  word(text: string): Word {
    let word = this.words.get(text);
    if (word === undefined) {
      word = { text, ids: this.tokenizer.encode(text, { add_special_tokens: false }).ids };
      this.words.set(text, word);
    }
    return word;
  }

  /** Splits a text into sentences of encoded words. */
  sentences(text: string): Sentence[] {
    return splitSentences(text)
      .map((sentence) => splitWords(sentence).map((word) => this.word(word)))
      .filter((sentence) => sentence.length > 0);
  }
}

/**
 * Returns the number of [SEP] between the two texts of a row.
 * @param splitting its name; left out for the platform's own
 */
export function separatorsOf(splitting?: string): number {
  return splitting === "byte-level" ? 2 : 1;
}

/** Returns the ids of a sentence in order. */
export function idsOf(sentence: Sentence): number[] {
  return sentence.flatMap((word) => word.ids);
}

/**
 * Returns the `tokenizer.json` (Hugging Face format) of a WordPiece vocabulary.
 * @param isLowered true for text without capitals and accents
 */
export function tokenizerJson(vocabulary: readonly string[], isLowered = true): object {
  const id = (name: string, value: number) => ({
    [name]: { id: name, ids: [value], tokens: [name] },
  });
  return {
    version: "1.0",
    added_tokens: [],
    normalizer: {
      type: "BertNormalizer",
      clean_text: true,
      handle_chinese_chars: true,
      strip_accents: isLowered,
      lowercase: isLowered,
    },
    pre_tokenizer: { type: "BertPreTokenizer" },
    post_processor: {
      type: "TemplateProcessing",
      single: [
        { SpecialToken: { id: "[CLS]", type_id: 0 } },
        { Sequence: { id: "A", type_id: 0 } },
        { SpecialToken: { id: "[SEP]", type_id: 0 } },
      ],
      pair: [],
      special_tokens: { ...id("[CLS]", clsId), ...id("[SEP]", sepId) },
    },
    decoder: { type: "WordPiece", prefix: "##", cleanup: true },
    model: {
      type: "WordPiece",
      unk_token: vocabulary[unknownId],
      continuing_subword_prefix: "##",
      max_input_chars_per_word: 100,
      vocab: Object.fromEntries(vocabulary.map((token, index) => [token, index])),
    },
  };
}
