/** `count` token sequences of `length`, row by row, padded with `padId`. */
export interface Sequences {
  count: number;
  length: number;
  /** [count × length] */
  ids: Int32Array;
}

export const padId = 0;
export const unknownId = 1;
export const clsId = 2;
export const sepId = 3;
export const maskId = 4;
/** Ids below this are special tokens: never masked, never drawn as a random replacement. */
export const firstWordId = 5;

/** Test-set scores (0–100, in the task's own metric) that need no network. */
export interface Baselines {
  majority: number;
  ngram: number;
}

/** Held-out masked-LM skill: the test text, and what counting words reaches on it. */
export interface MaskedLanguageTask {
  kind: "masked";
  name: "mlm";
  /** Full sequences of the test text, nothing hidden. */
  test: Sequences;
  /** The same with tokens hidden once and for all: every candidate sees this, as did the baselines. */
  masked: Sequences;
  positionsPerItem: number;
  /** [count × positionsPerItem] indices into the sequence, ascending in each */
  positions: Int32Array;
  /** [count × positionsPerItem] ids that stood there */
  targets: Int32Array;
  /** Mean cross-entropy in nats and top-1 accuracy (0–1) of the unigram and two-sided bigram models. */
  unigram: { loss: number; accuracy: number };
  bigram: { loss: number; accuracy: number };
}

/**
 * Zero-shot choice: one forward pass over each item with its positions masked; of `choices`
 * ways to fill them the first is the original. Score: how often it has the highest sum of log
 * probabilities, × 100.
 */
export interface ZeroShotTask {
  kind: "zeroShot";
  name: "swap" | "substitute" | "preposition";
  /** [MASK] already stands at the items' positions. */
  test: Sequences;
  positionsPerItem: number;
  /** [count × positionsPerItem] indices into the sequence */
  positions: Int32Array;
  choicesPerItem: number;
  /** [count × choicesPerItem × positionsPerItem] token ids; choice 0 is the original */
  choices: Int32Array;
  baselines: Baselines;
}

/** Fine-tuned classification with a head of `classes` outputs. Metric: accuracy × 100. */
export interface FineTuneTask {
  kind: "fineTuned";
  name: "half-order" | "definition" | "far-swap";
  classes: number;
  train: { sequences: Sequences; labels: Int32Array };
  test: { sequences: Sequences; labels: Int32Array };
  baselines: Baselines;
}

export type ProxyTask = MaskedLanguageTask | ZeroShotTask | FineTuneTask;

/** Running text: the ids of all documents one after the other, and where in them what begins. */
export interface Documents {
  ids: Int32Array;
  /** Where each sentence begins, ascending. */
  sentences: Int32Array;
  /** Where each document begins, ascending; the last entry is the end of the last. */
  documents: Int32Array;
}

/** Everything a search reads of its text; the same for every process of a run. */
export interface PreparedData {
  /** Token strings by id. */
  vocabulary: readonly string[];
  /** Packed sequences of the pre-training documents: [CLS] tokens… [SEP]. */
  pretrain: Sequences;
  /** The same documents unpacked, for what must know their sentences. */
  documents: Documents;
  /** The tasks asked for, in the order asked for. */
  tasks: readonly ProxyTask[];
}
