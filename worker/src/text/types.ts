/** Token sequences of one length, row by row, padded with `padId`. */
export interface Sequences {
  count: number;
  length: number;
  /** Token ids [count × length]. */
  ids: Int32Array;
}

/** The id of [PAD], with which sequences are filled up. */
export const padId = 0;
/** The id of [UNK], which stands for words outside of the vocabulary. */
export const unknownId = 1;
/** The id of [CLS], the first token of every sequence. */
export const clsId = 2;
/** The id of [SEP], the last token of every segment. */
export const sepId = 3;
/** The id of [MASK], which stands at hidden positions. */
export const maskId = 4;
/**
 * The first id that is no special token; special tokens are never masked nor used as replacements.
 */
export const firstWordId = 5;

/** Scores on the test set that need no network, 0–100, in the task's own metric. */
export interface Baselines {
  majority: number;
  ngram: number;
}

/** Masked language modelling on held-out text, with the skill of word counts on it. */
export interface MaskedLanguageTask {
  kind: "masked";
  name: "mlm";
  /** Full sequences of the test text with nothing hidden. */
  test: Sequences;
  /** The test sequences with tokens hidden, alike for every candidate and for the baselines. */
  masked: Sequences;
  positionsPerItem: number;
  /** Hidden indices into each sequence, ascending: [count × positionsPerItem]. */
  positions: Int32Array;
  /** The ids at the hidden positions: [count × positionsPerItem]. */
  targets: Int32Array;
  /** Mean cross-entropy in nats and top-1 accuracy (0–1) of a unigram model. */
  unigram: { loss: number; accuracy: number };
  /** Mean cross-entropy in nats and top-1 accuracy (0–1) of a two-sided bigram model. */
  bigram: { loss: number; accuracy: number };
}

/**
 * A zero-shot choice: one forward pass over each item with its positions masked; of the `choices`
 * to fill them the first is the original. The score is the share of items whose original has the
 * highest sum of log probabilities, × 100.
 */
export interface ZeroShotTask {
  kind: "zeroShot";
  name: "swap" | "substitute" | "preposition" | "recall" | "reversal";
  /** The items; [MASK] already stands at their positions. */
  test: Sequences;
  positionsPerItem: number;
  /** Indices into each sequence: [count × positionsPerItem]. */
  positions: Int32Array;
  choicesPerItem: number;
  /** Token ids [count × choicesPerItem × positionsPerItem]; choice 0 is the original. */
  choices: Int32Array;
  baselines: Baselines;
}

/** Fine-tuned classification with a head of `classes` outputs; its metric is accuracy × 100. */
export interface FineTuneTask {
  kind: "fineTuned";
  name: "half-order" | "definition" | "far-swap";
  classes: number;
  train: { sequences: Sequences; labels: Int32Array };
  test: { sequences: Sequences; labels: Int32Array };
  baselines: Baselines;
}

/** A task that candidates are scored on. */
export type ProxyTask = MaskedLanguageTask | ZeroShotTask | FineTuneTask;

/** Running text: the ids of all documents in order, with the starts of sentences and documents. */
export interface Documents {
  ids: Int32Array;
  /** Indices at which the sentences begin, ascending. */
  sentences: Int32Array;
  /** Indices at which the documents begin, ascending, and the end of the last one. */
  documents: Int32Array;
}

/** All data that a search makes of its text; every process of a run reads the same. */
export interface PreparedData {
  /** Token strings by id. */
  vocabulary: readonly string[];
  /** Packed sequences of the pre-training documents: [CLS] tokens… [SEP]. */
  pretrain: Sequences;
  /** The pre-training documents as running text, for sentence pairs. */
  documents: Documents;
  /** The tasks asked for, in the order asked for. */
  tasks: readonly ProxyTask[];
}
