import type { ImportedPieces } from "../model/modelFile.js";
import { clsId, maskId, sepId } from "../text/types.js";
import { byteLevelJson } from "../text/byteLevel.js";
import { tokenizerJson } from "../text/tokenizer.js";
import { specialTokens } from "../text/vocabulary.js";

/** Splits text into BERT's words. */
const bertWords = { type: "BertPreTokenizer" } as const;

/** Splits text into the platform's words, of which any sign is one, as in `wordPattern`. */
const ownWords = {
  type: "Sequence",
  pretokenizers: [
    bertWords,
    {
      type: "Split",
      pattern: { Regex: String.raw`[^\s\p{L}\p{N}\p{M}]|\p{Han}` },
      behavior: "Isolated",
      invert: false,
    },
  ],
} as const;

/** A vocabulary with the tokenizer that its pieces are of, as a model has them. */
export interface Pieces {
  vocabulary: readonly string[];
  pieces?: ImportedPieces | undefined;
  merges?: readonly string[] | undefined;
}

/**
 * Returns tokenizer.json as transformers reads it: a fast tokenizer that gives the platform's ids,
 * with [CLS] and [SEP] around a sentence or a pair, and special tokens that text may name.
 */
export function fastTokenizer({ vocabulary, pieces, merges = [] }: Pieces): object {
  const isByteLevel = pieces === "byte-level";
  const special = (id: string, of: number) => ({ [id]: { id, ids: [of], tokens: [id] } });
  const token = (id: string, segment: number) => ({ SpecialToken: { id, type_id: segment } });
  const sequence = (id: string, segment: number) => ({ Sequence: { id, type_id: segment } });
  const single = [token("[CLS]", 0), sequence("A", 0), token("[SEP]", 0)];
  const second = isByteLevel
    ? [token("[SEP]", 0), sequence("B", 0), token("[SEP]", 0)]
    : [sequence("B", 1), token("[SEP]", 1)];
  const words = {
    ...tokenizerJson(vocabulary, pieces !== "bert-cased"),
    pre_tokenizer: pieces === undefined ? ownWords : bertWords,
  };
  return {
    ...(isByteLevel ? byteLevelJson(vocabulary, merges) : words),
    added_tokens: specialTokens.map((content, id) => ({
      id,
      content,
      single_word: false,
      lstrip: isByteLevel && id === maskId,
      rstrip: false,
      normalized: false,
      special: true,
    })),
    post_processor: {
      type: "TemplateProcessing",
      single,
      pair: [...single, ...second],
      special_tokens: { ...special("[CLS]", clsId), ...special("[SEP]", sepId) },
    },
  };
}

/**
 * Returns tokenizer_config.json.
 * @param length the most tokens of a row
 */
export function tokenizerConfig(length: number): object {
  const [pad, unknown, cls, sep, mask] = specialTokens;
  return {
    tokenizer_class: "PreTrainedTokenizerFast",
    model_max_length: length,
    model_input_names: ["input_ids", "token_type_ids", "attention_mask"],
    padding_side: "right",
    pad_token: pad,
    unk_token: unknown,
    cls_token: cls,
    sep_token: sep,
    mask_token: mask,
  };
}
