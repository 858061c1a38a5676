import { OpnasError, type Architecture, type PretrainSettings } from "@opnas/core";
import type { LossPoint } from "@opnas/prisma";
import { Prefetcher } from "../batches/prefetch.js";
import {
  maskedPairsSchema,
  type MaskedPairs,
  type PairBatchSpec,
} from "../batches/sentencePairs.js";
import { sharedTensors, type Tensors } from "../model/tensors.js";
import type { PreparedData } from "../text/types.js";
import type { MicroBatch } from "../training/gradients.js";
import { GradientThreads } from "../training/gradientThreads.js";
import { runTrainingLoop } from "../training/loop.js";
import { ProgressReporter } from "../training/progress.js";
import { learningRateAt } from "../training/optimizer.js";
import { DivergedError, trainStep } from "../training/step.js";
import { newState, saveState, type PretrainState } from "./state.js";

export interface PretrainInput {
  /** An architecture of `settings.size.layers` layers. */
  architecture: Architecture;
  settings: PretrainSettings;
  seed: number;
  /** Prepared for the size's vocabulary and length. */
  data: Pick<PreparedData, "documents">;
  /** The state of a checkpoint to resume from; the training takes it over. */
  resume?: PretrainState | undefined;
  /** Starts threads on these weights; without it this thread is alone. The bits are the same. */
  startThreads?: ((weights: Tensors) => Promise<GradientThreads>) | undefined;
  /**
   * Stores a checkpoint after so many steps: every `checkpointEverySeconds`, before a stop and at the
   * end. The tensors change again once it is stored.
   */
  checkpoint: (tensors: Tensors, step: number) => Promise<void>;
  /** Stops the training between two steps. */
  signal: AbortSignal;
  /**
   * Called about twice a second and at the end with the steps done and the points of the loss curve
   * since the last call; at first with those of the checkpoint.
   */
  onProgress: (step: number, points: readonly LossPoint[]) => void;
}

/** Compiled, also where this file runs as TypeScript. */
const threadFile = new URL("../../dist/pretraining/batchThread.js", import.meta.url);

const reportEveryMilliseconds = 500;

/**
 * Pre-trains an architecture in full, as BERT (docs/paper.md §5): masked language modelling and
 * next-sentence prediction on sentence pairs. Everything random follows from (seed, step): a training
 * that was cut off anywhere and resumed has, step by step, the bits of one that was not.
 *
 * @returns the trained weights
 * @throws OpnasError STOPPED once the signal is aborted, after a last checkpoint; BAD_SETTING when
 *   the loss is no longer finite or the text is too short for pairs of this length
 */
export async function pretrainModel(input: PretrainInput): Promise<Tensors> {
  const { architecture, settings, seed, resume, signal } = input;
  const { size, steps, checkpointEverySeconds } = settings;
  const state = resume ?? newState(architecture, settings, seed);
  state.weights = sharedTensors(state.weights);
  const threads =
    (await input.startThreads?.(state.weights)) ?? GradientThreads.single(size, state.weights);
  const pairs = prefetchPairs(input, state.step);
  const reporter = progressReporter(input, state);
  try {
    await runTrainingLoop({
      from: state.step,
      steps,
      signal,
      takeStep: async () => {
        await takeStep(input, state, threads, pairs);
        reporter.add(state.step, state.step === steps);
      },
      checkpoints: {
        everySeconds: checkpointEverySeconds,
        save: () => input.checkpoint(saveState(state), state.step),
      },
    });
    return state.weights;
  } finally {
    await pairs.end();
    await threads.end();
  }
}

/** Micro-batches of equal size that a step's gradient is computed in. */
export function microBatchesPerStep(settings: PretrainSettings): number {
  return settings.accumulate * halvesOf(settings);
}

/** Halves that an accumulated batch is split into where it is even: two threads take one each. */
function halvesOf({ batch }: PretrainSettings): number {
  return batch % 2 === 0 ? 2 : 1;
}

function prefetchPairs({ settings, seed, data: { documents } }: PretrainInput, step: number) {
  const { size, batch, masking } = settings;
  const spec: PairBatchSpec = {
    documents,
    masking,
    seed,
    first: step * microBatchesPerStep(settings),
    size: batch / halvesOf(settings),
    length: size.length,
    vocabulary: size.vocabulary,
  };
  return Prefetcher.start(threadFile, spec, (pairs) => maskedPairsSchema.parse(pairs));
}

async function takeStep(
  { architecture, settings }: PretrainInput,
  state: PretrainState,
  threads: GradientThreads,
  pairs: Prefetcher<MaskedPairs>,
): Promise<void> {
  const { steps, learningRate, warmup, weightDecay } = settings;
  const started = performance.now();
  const microBatches: MicroBatch[] = [];
  while (microBatches.length < microBatchesPerStep(settings)) {
    microBatches.push({ architecture, reuse: "often", batch: await pairs.next() });
  }
  const rate = learningRateAt(state.step, steps, learningRate, warmup);
  try {
    const { losses } = trainStep(threads, state, microBatches, rate, weightDecay);
    state.curve.add(state.step++, losses, (performance.now() - started) / 1000);
  } catch (error) {
    if (!(error instanceof DivergedError)) throw error;
    throw new OpnasError(
      "BAD_SETTING",
      `The loss is no longer finite at step ${state.step + 1}: choose a smaller learning rate or more warm-up.`,
      { cause: error },
    );
  }
}

/** Reports the points of the loss curve that were not reported yet, at first a checkpoint's. */
function progressReporter(
  { onProgress }: PretrainInput,
  { step, curve }: PretrainState,
): ProgressReporter<number> {
  let reported = 0;
  const reporter = new ProgressReporter<number>((done) => {
    onProgress(done, curve.points(reported, done));
    reported = done;
  }, reportEveryMilliseconds);
  reporter.add(step);
  return reporter;
}
