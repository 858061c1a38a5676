import { Tokenizer } from "@huggingface/tokenizers";

import { bertWordPattern, splitSentences, splitWords, wordPattern } from "./words.js";
import { clsId, sepId, unknownId } from "./types.js";

/** A word and its WordPiece ids; equal words of one encoder are one object. */
export interface Word {
  text: string;
  ids: readonly number[];
}

/** The words of a sentence, in order. */
export type Sentence = readonly Word[];

/** The ways in which text becomes words before it becomes pieces: the platform's, or BERT's. */
export type Splitting = "own" | "bert-uncased" | "bert-cased";

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

  constructor(
    vocabulary: readonly string[],
    private readonly splitting: Splitting = "own",
  ) {
    this.tokenizer = new Tokenizer(tokenizerJson(vocabulary, splitting !== "bert-cased"), {});
  }

  /** Lists the words of a text in order, with their places in the unchanged text. */
  *placedWords(text: string): Generator<PlacedWord> {
    const isOwn = this.splitting === "own";
    for (const { 0: word, index } of text.matchAll(isOwn ? wordPattern : bertWordPattern)) {
      // Without its accents a word may be another number of words.
      for (const part of isOwn ? splitWords(word) : [word]) {
        yield { ids: this.word(part).ids, start: index, end: index + word.length };
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
