import type { SearchSettings } from "@opnas/core";
import type { BatchSpec } from "../batches/masked.js";
import { Prefetcher } from "../batches/prefetch.js";
import { sharedTensors, type Tensors } from "../model/tensors.js";
import type { PreparedData } from "../text/types.js";
import { adamStep, learningRateAt } from "../training/optimizer.js";
import { GradientThreads } from "../training/gradientThreads.js";
import { runTrainingLoop } from "../training/loop.js";
import { ProgressReporter } from "../training/progress.js";
import { clipGradients } from "../training/step.js";
import { superNetBatchSchema, type SuperNetBatch } from "./sample.js";
import { newSuperNet, saveState, trainedTensors, type SuperNetState } from "./state.js";

export interface SuperNetProgress {
  step: number;
  total: number;
  /** Mean loss of the steps since the last report, in nats; null if none was finite. */
  loss: number | null;
  tokensPerSecond: number;
}

export interface SuperNetInput {
  settings: SearchSettings;
  seed: number;
  data: PreparedData;
  /** The state of a checkpoint to resume from; the training takes it over. */
  resume?: SuperNetState | undefined;
  /** Starts threads on these weights; without it this thread is alone. The bits are the same. */
  startThreads?: ((weights: Tensors) => Promise<GradientThreads>) | undefined;
  /**
   * Stores a checkpoint after so many steps: every `checkpointEverySeconds`, before a stop and at the
   * end. The tensors change again once it is stored.
   */
  checkpoint: (tensors: Tensors, step: number) => Promise<void>;
  /** Stops the training between two steps. */
  signal: AbortSignal;
  /** Called about twice a second. */
  onProgress: (progress: SuperNetProgress) => void;
}

/** Compiled, also where this file runs as TypeScript. */
const threadFile = new URL("../../dist/supernet/batchThread.js", import.meta.url);

const reportEveryMilliseconds = 500;

/**
 * Trains the bi-branch super-net (docs/paper.md §4) by masked language modelling. In every step two
 * complementary sub-networks (one, with `superNet.branches` "one") see one batch, their gradients are
 * added and Adam takes one step. Everything random follows from (seed, step): a training that was cut
 * off and resumed ends with the same bits.
 *
 * @returns the weights, and how often each branch was trained; a checkpoint without Adam's means
 * @throws OpnasError STOPPED once the signal is aborted, after a last checkpoint
 */
export async function trainSuperNet(input: SuperNetInput): Promise<Tensors> {
  const { settings, seed, data, resume, signal } = input;
  const { size, superNet: plan } = settings;
  const state = resume ?? newSuperNet(size, seed);
  state.weights = sharedTensors(state.weights);
  const threads =
    (await input.startThreads?.(state.weights)) ?? GradientThreads.single(size, state.weights);
  const batches = prefetchBatches(input, state.step);
  const reporter = progressReporter(input, plan.batch * data.pretrain.length);
  try {
    await runTrainingLoop({
      from: state.step,
      steps: plan.steps,
      signal,
      takeStep: async (step) => {
        const batch = await batches.next();
        const rate = learningRateAt(step, plan.steps, plan.learningRate, plan.warmup);
        const loss = superNetStep(threads, state, batch, rate);
        const losses = Number.isFinite(loss) ? [loss] : [];
        reporter.add({ step: state.step, steps: 1, losses }, state.step === plan.steps);
      },
      checkpoints: {
        everySeconds: plan.checkpointEverySeconds,
        save: () => input.checkpoint(saveState(state), state.step),
      },
    });
    return trainedTensors(state);
  } finally {
    await batches.end();
    await threads.end();
  }
}

function prefetchBatches({ settings, seed, data }: SuperNetInput, first: number) {
  const { pretrain } = data;
  const size = settings.superNet.batch;
  const spec: BatchSpec = { settings, data: { pretrain }, seed, first, size, purpose: "super-net" };
  return Prefetcher.start(threadFile, spec, (batch) => superNetBatchSchema.parse(batch));
}

/**
 * Takes one step of the super-net in place and returns the mean loss of its sub-networks, in nats. A
 * random graph must not spoil what all share: each sub-network's gradient is clipped by itself, and
 * one whose loss or gradient is not finite is left out.
 */
export function superNetStep(
  threads: GradientThreads,
  state: SuperNetState,
  { subNetworks, batch }: SuperNetBatch,
  learningRate: number,
): number {
  const { summed } = state;
  summed.clear();
  const losses: number[] = [];
  const microBatches = subNetworks.map(
    (architecture) => ({ architecture, reuse: "once", batch }) as const,
  );
  for (const { microBatch, loss, gradients } of threads.computeGradients(microBatches)) {
    if (!Number.isFinite(loss) || !clipGradients(gradients)) {
      state.skipped++;
      continue;
    }
    summed.add(gradients);
    losses.push(loss);
    for (const [index, { kind }] of microBatch.architecture.layers.entries()) {
      state.trained[kind][index] = (state.trained[kind][index] ?? 0) + 1;
    }
  }
  if (losses.length > 0) adamStep(state.weights, summed.gradients, state.adam, learningRate);
  state.step++;
  return mean(losses) ?? NaN;
}

/** Reports the mean loss and the speed of the steps since the last report. */
function progressReporter(
  { settings, onProgress }: SuperNetInput,
  tokensPerStep: number,
): ProgressReporter<{ step: number; steps: number; losses: number[] }> {
  let since = performance.now();
  return new ProgressReporter(
    ({ step, steps, losses }) => {
      const now = performance.now();
      const tokensPerSecond = (steps * tokensPerStep) / ((now - since) / 1000);
      since = now;
      onProgress({ step, total: settings.superNet.steps, loss: mean(losses), tokensPerSecond });
    },
    reportEveryMilliseconds,
    (earlier, later) => ({
      step: later.step,
      steps: earlier.steps + later.steps,
      losses: [...earlier.losses, ...later.losses],
    }),
  );
}

function mean(losses: readonly number[]): number | null {
  if (losses.length === 0) return null;
  return losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
}
