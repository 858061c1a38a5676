import { unknownId } from "./types.js";

/**
 * Matches a word as the byte-level tokenizers of GPT-2 and RoBERTa split text (Radford et al. 2019): an
 * English contraction's end, a run of letters, of digits or of other signs, each with a space before it
 * if there is one, or white space.
 */
export const byteLevelPattern =
  /'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+/gu;

/**
 * Returns the `tokenizer.json` (Hugging Face format) of a byte-level vocabulary: pieces of bytes, made by
 * merging neighbours.
 * @param merges the pairs in the order in which they are merged, each with a space between
 */
export function byteLevelJson(vocabulary: readonly string[], merges: readonly string[]): object {
  return {
    version: "1.0",
    added_tokens: [],
    normalizer: null,
    pre_tokenizer: {
      type: "ByteLevel",
      add_prefix_space: false,
      trim_offsets: true,
      use_regex: true,
    },
    post_processor: null,
    decoder: { type: "ByteLevel", add_prefix_space: true, trim_offsets: true, use_regex: true },
    model: {
      type: "BPE",
      dropout: null,
      unk_token: vocabulary[unknownId],
      continuing_subword_prefix: "",
      end_of_word_suffix: "",
      fuse_unk: false,
      vocab: Object.fromEntries(vocabulary.map((token, index) => [token, index])),
      merges,
    },
  };
}
