/**
 * The time of a training step beside vanilla BERT's. Seconds of a step depend on all else that the
 * machine does at that moment, so those of two candidates do not compare; a ratio to steps that were
 * taken right beside them does (decision 0061).
 */
import { bertLayer, type ModelSize } from "@opnas/core";
import { maskedBatches, type MaskedSequences } from "../batches/masked.js";
import { recordedAtUse } from "../engine/recording/recordable.js";
import { tf } from "../engine/tf.js";
import { buildBackbone, type Backbone } from "../model/backbone.js";
import { initialWeights } from "../model/parameters.js";
import type { Tensors, Weights } from "../model/tensors.js";
import { gradientBuffers, lossAndGradients } from "../training/gradients.js";
import { nextTurn, throwIfStopped, type RunControl } from "../training/loop.js";
import { maskedLanguageLoss } from "../training/losses.js";
import { longFrom, type CandidateContext } from "./train.js";

/** Pairs of steps that are timed; an odd number. */
const timedPairs = 5;

/** Steps before them of a model whose parts are recorded (decision 0009). */
const warmUps = 1;

/** A clock, in any unit. */
type Clock = () => number;

/**
 * Measures how long a model's forward and backward pass over a batch takes, as a multiple of the time
 * that vanilla BERT of the run's size takes: below 1 it is faster. Changes no weight.
 *
 * @param batchSize sequences of a batch
 * @param taken steps that the model has just been trained for, on batches of this size
 * @returns null where a step is too short for the clock
 * @throws OpnasError STOPPED once the signal is aborted
 */
export async function measureStepRatio(
  backbone: Backbone,
  weights: Tensors,
  batchSize: number,
  taken: number,
  { settings, data, seed, purpose }: CandidateContext,
  { signal }: RunControl,
): Promise<number | null> {
  const batch = maskedBatches(settings, data, batchSize, seed, purpose)(0);
  const { bert, isNew } = vanillaBert(settings.size, batchSize);
  const own = stepOf(backbone, weights, batch);
  const reference = stepOf(bert, initialWeights(bert.parameters, 0), batch);
  // A long training runs as one compiled step, which records no parts.
  const uses = taken < longFrom ? taken : 0;
  await repeat(isNew ? recordedAtUse : warmUps, reference, signal);
  await repeat(Math.max(warmUps, recordedAtUse - uses), own, signal);
  const between = () => pause(signal);
  const work = { first: own, second: reference, pairs: timedPairs, between };
  const ratio = await pairedRatio(work, engineClock());
  return Number.isFinite(ratio) && ratio > 0 ? ratio : null;
}

/**
 * Returns the median over pairs of `first`'s time divided by `second`'s. The two of a pair run within
 * one moment and take turns at beginning, so that whatever else loads the machine, or fades, meets
 * both alike; a pair that something cut into is an outlier, which the median passes over.
 *
 * @param work.pairs an odd number
 * @param work.between is waited for before every pair
 */
export async function pairedRatio(
  work: { first: () => void; second: () => void; pairs: number; between: () => Promise<void> },
  now: Clock,
): Promise<number> {
  const { first, second, pairs, between } = work;
  const timeOf = (run: () => void) => {
    const start = now();
    run();
    return now() - start;
  };
  const ratios: number[] = [];
  for (let pair = 0; pair < pairs; pair++) {
    await between();
    const order = pair % 2 === 0 ? [first, second] : [second, first];
    const times = new Map(order.map((run) => [run, timeOf(run)]));
    ratios.push((times.get(first) ?? NaN) / (times.get(second) ?? NaN));
  }
  return ratios.sort((a, b) => a - b)[(pairs - 1) / 2] ?? NaN;
}

/**
 * Returns the clock of the engine's work: the time of this process's processors, which does not go on
 * while another process has them; where a GPU computes, time itself.
 */
function engineClock(): Clock {
  const backend: unknown = tf.backend();
  const isOnGpu =
    typeof backend === "object" &&
    backend !== null &&
    "isUsingGpuDevice" in backend &&
    backend.isUsingGpuDevice === true;
  if (isOnGpu) return () => performance.now();
  return () => {
    const { user, system } = process.cpuUsage();
    return user + system;
  };
}

async function repeat(times: number, run: () => void, signal: AbortSignal): Promise<void> {
  for (let time = 0; time < times; time++) {
    await pause(signal);
    run();
  }
}

async function pause(signal: AbortSignal): Promise<void> {
  await nextTurn();
  throwIfStopped(signal);
}

/** Returns a step's forward and backward pass, whose gradients nobody reads. */
function stepOf(backbone: Backbone, weights: Tensors, batch: MaskedSequences): () => void {
  const names = backbone.parameters.map(({ name }) => name);
  const buffers = gradientBuffers(weights);
  const lossOf = (on: Weights) => maskedLanguageLoss(backbone, on, batch);
  return () => void lossAndGradients(weights, names, lossOf, buffers);
}

/** The last reference, with what was recorded of it: a trainer evaluates many candidates of a run. */
let last: { shape: string; bert: Backbone } | undefined;

function vanillaBert(size: ModelSize, batchSize: number): { bert: Backbone; isNew: boolean } {
  const shape = JSON.stringify([size, batchSize]);
  if (last?.shape === shape) return { bert: last.bert, isNew: false };
  last?.bert.release();
  const layers = Array.from({ length: size.layers }, () => bertLayer);
  last = { shape, bert: buildBackbone(size, { version: 1, layers }) };
  return { bert: last.bert, isNew: true };
}
