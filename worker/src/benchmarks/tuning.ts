import { OpnasError } from "@opnas/core";
import { z } from "zod";
import type { Model } from "../model/modelFile.js";
import { segmentsOf, toSequences } from "../text/sequences.js";
import { WordEncoder } from "../text/tokenizer.js";
import { tf } from "../engine/tf.js";
import { buildBackbone, type Backbone } from "../model/backbone.js";
import { tokenBatch, type TokenBatch } from "../model/batch.js";
import { segmentEmbedding } from "../model/parameters.js";
import { tensorNamed, type Tensors } from "../model/tensors.js";
import type { RunControl, StepProgress } from "../training/loop.js";
import { DivergedError } from "../training/step.js";
import { batchLength } from "../training/taskHead.js";

/** How a benchmark's tasks are fine-tuned; the defaults are BERT's (Devlin et al. 2019, A.3). */
export const tuningSchema = z.strictObject({
  epochs: z.int().min(1).max(1_000).default(3),
  batch: z.int().min(1).max(4096).default(32),
  /** Each is tried; the one with the best dev score is kept. */
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

/** A model made ready to be fine-tuned again and again. */
export interface TunedModel {
  size: Model["size"];
  backbone: Backbone;
  /** Of the backbone, and what tells segments apart if it was pre-trained on pairs. */
  weights: Tensors;
  encoder: WordEncoder;
}

/** The caller releases the backbone. */
export function modelToTune({ architecture, size, vocabulary, weights }: Model): TunedModel {
  const backbone = buildBackbone(size, architecture);
  const names = backbone.parameters.map(({ name }) => name);
  if (weights.has(segmentEmbedding)) names.push(segmentEmbedding);
  return {
    size,
    backbone,
    weights: new Map(names.map((name) => [name, tensorNamed(weights, name)])),
    encoder: new WordEncoder(vocabulary),
  };
}

/**
 * Rows of ids (`framed`), of at most `longest` tokens each, as a batch: with segments for a model
 * that knows of them. To be called within a scope.
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

/** @throws OpnasError BAD_SETTING if rows are to be longer than the model can read */
export function checkLength({ length }: Tuning, { size }: Model): void {
  if (length <= size.length) return;
  throw new OpnasError(
    "BAD_SETTING",
    `The model reads at most ${size.length} tokens; a length of ${length} is more.`,
  );
}

/** Steps of a training: what fills no batch at an epoch's end is left out of it. */
export function stepsOf({ epochs, batch }: Tuning, rows: number): number {
  return epochs * Math.max(1, Math.floor(rows / batch));
}

/** What a learning rate led to; no score: the training diverged. */
export const trialSchema = z.object({ learningRate: z.number(), score: z.number().nullable() });
export type Trial = z.infer<typeof trialSchema>;

/** Every learning rate's training; the best by score, of equals the first, unless all diverged. */
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
