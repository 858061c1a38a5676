import type { SearchSettings } from "@opnas/core";
import {
  maskedBatches,
  maskedSequencesSchema,
  type BatchSpec,
  type MaskedSequences,
} from "../batches/masked.js";
import { Prefetcher } from "../batches/prefetch.js";
import { canRecord } from "../engine/recording/load.js";
import type { Backbone } from "../model/backbone.js";
import type { Tensors, Weights } from "../model/tensors.js";
import type { PreparedData } from "../text/types.js";
import { newAdam, learningRateAt, type AdamState } from "../training/optimizer.js";
import { CompiledStep, gradientBuffers, lossAndGradients } from "../training/gradients.js";
import { runTrainingLoop, type Checkpointing, type RunControl } from "../training/loop.js";
import { batchTensors, maskedLanguage, maskedLanguageLoss } from "../training/losses.js";
import { applyGradients } from "../training/step.js";

/** Share of a candidate's steps over which its learning rate rises. */
const warmup = 0.1;

/**
 * Steps from which a training is long: it pays to compile the step and to start a thread that
 * prepares the batches (decision 0010).
 */
export const longFrom = 200;

/** Compiled, also where this file runs as TypeScript. */
const threadFile = new URL("../../dist/candidate/batchThread.js", import.meta.url);

/** Settings and data that a training's batches follow from, together with its seed and purpose. */
export interface CandidateContext {
  settings: SearchSettings;
  data: PreparedData;
  seed: number;
  purpose: string;
}

/** A candidate's own training; it is changed in place. */
export interface OwnTraining {
  weights: Tensors;
  adam: AdamState;
  /** Steps done. */
  step: number;
}

/** A candidate's own training before its first step. */
export function newTraining(weights: Tensors): OwnTraining {
  return { weights, adam: newAdam(weights), step: 0 };
}

/**
 * Takes the masked-LM steps of one model that are left, in place. Everything random follows from the
 * step, so that a training that is resumed has the bits of one that was not cut off.
 * @throws DivergedError when a loss or a gradient is not finite; OpnasError STOPPED
 */
export async function trainCandidate(
  backbone: Backbone,
  training: OwnTraining,
  plan: { steps: number; batch: number; learningRate: number },
  context: CandidateContext,
  { signal, onProgress }: RunControl,
  checkpoints?: Checkpointing,
): Promise<void> {
  const { steps } = plan;
  const { weights, adam, step: from } = training;
  const isLong = steps >= longFrom;
  const batches = (isLong ? prefetched : prepared)(plan.batch, from, context);
  const names = backbone.parameters.map(({ name }) => name);
  const buffers = gradientBuffers(weights);
  const compiled = isLong && canRecord() ? new CompiledStep(maskedLanguage(backbone)) : undefined;
  const takeStep = async (step: number) => {
    const batch = await batches.next();
    const lossOf = (on: Weights) => maskedLanguageLoss(backbone, on, batch);
    const computed =
      compiled?.computeGradients(weights, batchTensors(batch), buffers) ??
      lossAndGradients(weights, names, lossOf, buffers);
    applyGradients(weights, adam, computed, learningRateAt(step, steps, plan.learningRate, warmup));
    training.step = step + 1;
    onProgress?.({ phase: "train", done: step + 1, total: steps });
  };
  try {
    await runTrainingLoop({ from, steps, takeStep, signal, checkpoints });
  } finally {
    compiled?.release();
    await batches.end();
  }
}

function prefetched(
  size: number,
  first: number,
  { settings, data, seed, purpose }: CandidateContext,
) {
  const { pretrain } = data;
  const spec: BatchSpec = { settings, data: { pretrain }, size, seed, purpose, first };
  return Prefetcher.start(threadFile, spec, (batch) => maskedSequencesSchema.parse(batch));
}

function prepared(
  size: number,
  first: number,
  { settings, data, seed, purpose }: CandidateContext,
) {
  const batchOf = maskedBatches(settings, data, size, seed, purpose);
  let step = first;
  return {
    next: (): MaskedSequences => batchOf(step++),
    end: (): void => undefined,
  };
}
