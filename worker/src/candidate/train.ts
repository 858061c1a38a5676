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
import { newAdam, learningRateAt } from "../training/optimizer.js";
import { CompiledStep, gradientBuffers, lossAndGradients } from "../training/gradients.js";
import { runTrainingLoop, type RunControl, type StepProgress } from "../training/loop.js";
import { batchTensors, maskedLanguage, maskedLanguageLoss } from "../training/losses.js";
import { applyGradients } from "../training/step.js";

/** Share of a candidate's steps over which its learning rate rises. */
const warmup = 0.1;

/**
 * Steps from which a training is long: it pays to compile the step and to start a thread that
 * prepares the batches (decision 0010).
 */
const longFrom = 200;

/** Compiled, also where this file runs as TypeScript. */
const threadFile = new URL("../../dist/candidate/batchThread.js", import.meta.url);

/** Settings and data that a training's batches follow from, together with its seed and purpose. */
export interface CandidateContext {
  settings: SearchSettings;
  data: PreparedData;
  seed: number;
  purpose: string;
}

/**
 * Takes masked-LM steps of one model, in place.
 * @throws DivergedError when a loss or a gradient is not finite; OpnasError STOPPED
 */
export async function trainCandidate(
  backbone: Backbone,
  weights: Tensors,
  plan: { steps: number; batch: number; learningRate: number },
  context: CandidateContext,
  { signal, onProgress }: RunControl,
): Promise<void> {
  const { steps } = plan;
  const isLong = steps >= longFrom;
  const batches = isLong ? prefetched(plan.batch, context) : prepared(plan.batch, context);
  const names = backbone.parameters.map(({ name }) => name);
  const adam = newAdam(weights);
  const buffers = gradientBuffers(weights);
  const compiled = isLong && canRecord() ? new CompiledStep(maskedLanguage(backbone)) : undefined;
  const takeStep = async (step: number) => {
    const batch = await batches.next();
    const lossOf = (on: Weights) => maskedLanguageLoss(backbone, on, batch);
    const computed =
      compiled?.computeGradients(weights, batchTensors(batch), buffers) ??
      lossAndGradients(weights, names, lossOf, buffers);
    applyGradients(weights, adam, computed, learningRateAt(step, steps, plan.learningRate, warmup));
    onProgress?.({ phase: "train", done: step + 1, total: steps });
  };
  try {
    await runTrainingLoop({ steps, takeStep, signal });
  } finally {
    compiled?.release();
    await batches.end();
  }
}

function prefetched(size: number, { settings, data, seed, purpose }: CandidateContext) {
  const { pretrain } = data;
  const spec: BatchSpec = { settings, data: { pretrain }, size, seed, purpose, first: 0 };
  return Prefetcher.start(threadFile, spec, (batch) => maskedSequencesSchema.parse(batch));
}

function prepared(size: number, { settings, data, seed, purpose }: CandidateContext) {
  const batchOf = maskedBatches(settings, data, size, seed, purpose);
  let step = 0;
  return {
    next: (): MaskedSequences => batchOf(step++),
    end: (): void => undefined,
  };
}

/** Fewest steps that a median is taken of. */
const fewest = 5;

/**
 * Times a candidate's training steps by their progress reports. A step lasts from the report before
 * it to its own, with its batch, gradients, update and whatever else the process does between; the
 * first of a training, which has none before it, is not counted. Steps in which parts are recorded
 * (decision 0009) are slower; the median passes over them.
 */
export class StepTimer {
  private readonly seconds = { train: [] as number[], "fine-tune": [] as number[] };
  private last = 0;

  /** Takes note of a progress; to be called when it is reported. */
  record({ phase, done }: StepProgress): void {
    const now = performance.now();
    if (phase !== "score" && done > 1) this.seconds[phase].push((now - this.last) / 1000);
    this.last = now;
  }

  /**
   * Returns the median seconds of one step of the candidate's own training; of fine-tuning where
   * that had fewer than five to time; null where that had, too. It holds for the batch and length
   * of the settings and for the machine that measured it.
   */
  median(): number | null {
    const { train, "fine-tune": fineTune } = this.seconds;
    const steps = train.length >= fewest ? train : fineTune;
    if (steps.length < fewest) return null;
    const sorted = steps.toSorted((a, b) => a - b);
    const middle = sorted.length >> 1;
    const [upper = 0, lower = upper] = [sorted[middle], sorted[middle - 1]];
    return sorted.length % 2 === 1 ? upper : (lower + upper) / 2;
  }
}
