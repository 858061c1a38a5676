import { OpnasError } from "@opnas/core";
import { z } from "zod";
import type { Model } from "../model/modelFile.js";
import { segmentsOf, toSequences } from "../text/sequences.js";
import { WordEncoder } from "../text/tokenizer.js";
import { tf } from "../engine/tf.js";
import { buildBackbone, type Backbone } from "../model/backbone.js";
import { tokenBatch, type TokenBatch } from "../model/batch.js";
import { segmentEmbedding, withoutMaskedHead } from "../model/parameters.js";
import { tensorNamed, type Tensors } from "../model/tensors.js";
import type { RunControl, StepProgress } from "../training/loop.js";
import { DivergedError } from "../training/step.js";
import { batchLength } from "../training/taskHead.js";

/**
 * Settings of the fine-tuning of a benchmark's tasks; the defaults are BERT's (Devlin et al. 2019,
 * A.3).
 */
export const tuningSchema = z.strictObject({
  epochs: z.int().min(1).max(1_000).default(3),
  batch: z.int().min(1).max(4096).default(32),
  /** The learning rates that are tried; the result is the one with the best dev score. */
  learningRates: z.array(z.number().positive().max(1)).min(1).default([5e-5, 3e-5, 2e-5]),
  /** Tokens of a row, at most the model's own length. */
  length: z.int().min(8),
  seed: z.int().default(1),
});
export type Tuning = z.infer<typeof tuningSchema>;

/** Progress of a benchmark: the task that is being trained or scored, and the learning rate. */
export interface BenchmarkProgress extends StepProgress {
  task: string;
  learningRate: number | null;
}

/** The parts of a benchmark's input by which a caller stops and follows it. */
export interface BenchmarkControl {
  /** Stops the run between two steps; what is done is kept. */
  signal: AbortSignal;
  onProgress?: (progress: BenchmarkProgress) => void;
}

/** Makes the control of one training or scoring of a benchmark's task. */
export function controlOf(
  { signal, onProgress }: BenchmarkControl,
  task: string,
): (learningRate: number | null) => RunControl {
  return (learningRate) => ({
    signal,
    onProgress: (progress) => onProgress?.({ ...progress, task, learningRate }),
  });
}

/** A model prepared to be fine-tuned several times. */
export interface TunedModel {
  size: Model["size"];
  backbone: Backbone;
  /**
   * The weights of the backbone without its masked-word head, with the segment embedding if it was
   * pre-trained on pairs.
   */
  weights: Tensors;
  encoder: WordEncoder;
}

/**
 * Prepares a model for fine-tuning; the caller releases its backbone.
 * @throws OpnasError BAD_INPUT if the platform cannot encode text by its vocabulary
 */
export function modelToTune(model: Model): TunedModel {
  const { architecture, size, vocabulary, weights, pieces = "own", merges } = model;
  if (pieces === "foreign") {
    const sentence =
      "The model's vocabulary is of another tokenizer than BERT's or RoBERTa's, by which the platform cannot encode a benchmark's text.";
    throw new OpnasError("BAD_INPUT", sentence);
  }
  const backbone = buildBackbone(size, architecture);
  const names = withoutMaskedHead(backbone.parameters).map(({ name }) => name);
  // RoBERTa never reads a second segment, also where it has a row for one.
  if (weights.has(segmentEmbedding) && pieces !== "byte-level") names.push(segmentEmbedding);
  return {
    size,
    backbone,
    weights: new Map(names.map((name) => [name, tensorNamed(weights, name)])),
    encoder: new WordEncoder(vocabulary, pieces, merges),
  };
}

/**
 * Makes a batch [b, n] of rows of ids (`framed`), of at most `longest` tokens each, with segments
 * for a model that has a segment embedding. To be called within a scope.
 */
export function rowsBatch(
  { weights }: TunedModel,
  rows: readonly (readonly number[])[],
  longest: number,
): TokenBatch {
  const length = batchLength(Math.max(...rows.map((row) => row.length)), longest);
  const { ids } = toSequences(rows, length);
  const batch = tokenBatch(ids, rows.length, length);
  if (!weights.has(segmentEmbedding)) return batch;
  const segments = segmentsOf(ids, rows.length, length);
  return { ...batch, segments: tf.tensor3d(segments, [rows.length, length, 1]) };
}

/** Throws BAD_SETTING if rows are to be longer than the model can read. */
export function checkLength({ length }: Tuning, { size }: Model): void {
  if (length <= size.length) return;
  throw new OpnasError(
    "BAD_SETTING",
    `The model reads at most ${size.length} tokens; a length of ${length} is more.`,
  );
}

/** Counts the steps of a training; rows that fill no batch at an epoch's end are left out. */
export function stepsOf({ epochs, batch }: Tuning, rows: number): number {
  return epochs * Math.max(1, Math.floor(rows / batch));
}

/** The dev score of a learning rate; null if the training diverged. */
export const trialSchema = z.object({ learningRate: z.number(), score: z.number().nullable() });
export type Trial = z.infer<typeof trialSchema>;

/**
 * Trains by every learning rate; `best` has the best score, the first of equals, unless all
 * diverged.
 */
export async function bestTrial<T extends { score: number }>(
  learningRates: readonly number[],
  train: (learningRate: number) => Promise<T>,
): Promise<{ trials: Trial[]; best?: T & { learningRate: number } }> {
  const trials: Trial[] = [];
  let best: (T & { learningRate: number }) | undefined;
  for (const learningRate of learningRates) {
    const outcome = await train(learningRate).catch((error: unknown) => {
      if (error instanceof DivergedError) return undefined;
      throw error;
    });
    trials.push({ learningRate, score: outcome?.score ?? null });
    if (outcome && (!best || outcome.score > best.score)) best = { ...outcome, learningRate };
  }
  return { trials, ...(best && { best }) };
}
