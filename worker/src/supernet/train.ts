import {
  OpnasError,
  stream,
  type Architecture,
  type ModelSize,
  type SearchSettings,
} from "@opnas/core";
import type { PreparedData } from "../data/types.js";
import { sharedTensors, type Tensors } from "../model/tensors.js";
import { addGradients, adamStep, clip, learningRateAt, type Gradients } from "../training/adam.js";
import type { Lane } from "../training/lane.js";
import { learn } from "../training/lesson.js";
import { maskedBatches, type MaskedSequences } from "../training/maskedLanguage.js";
import { nextTurn } from "../training/watch.js";
import { samplePair } from "./sample.js";
import { loadState, newSuperNet, saveState, type SuperNetState } from "./state.js";

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
  /** A checkpoint to go on from. */
  resume?: Tensors | undefined;
  /** Starts a thread for every second sub-network; the result has the same bits without. */
  startLane?: ((weights: Tensors) => Promise<Lane | undefined>) | undefined;
  /** Called about twice a second. */
  report: (progress: SuperNetProgress) => void;
  /** Stores a checkpoint; called every `checkpointEverySeconds`, before a stop and at the end. */
  checkpoint: (tensors: Tensors) => Promise<void>;
  /** Looked at between steps. */
  stopped: () => boolean;
}

/** Two complementary sub-networks. */
type Pair = readonly [Architecture, Architecture];

const reportEveryMilliseconds = 500;

/**
 * Trains the bi-branch super-net (paper §4) by masked language modelling. In every step two
 * complementary sub-networks see one batch, their gradients are added and Adam takes one step.
 * Everything random follows from (seed, step): a training that was cut off and resumed ends with
 * the same bits.
 *
 * @returns the last checkpoint: weights and the state of training
 * @throws OpnasError STOPPED once `stopped()`, after a last checkpoint
 */
export async function trainSuperNet(input: SuperNetInput): Promise<Tensors> {
  const { settings, seed, resume } = input;
  const state = resume ? loadState(resume, settings.size) : newSuperNet(settings.size, seed);
  state.weights = sharedTensors(state.weights);
  const lane = await input.startLane?.(state.weights);
  try {
    return await trainSteps(input, state, lane);
  } finally {
    await lane?.end();
  }
}

async function trainSteps(
  input: SuperNetInput,
  state: SuperNetState,
  lane: Lane | undefined,
): Promise<Tensors> {
  const { settings, seed, data } = input;
  const { steps, batch, learningRate, warmup, checkpointEverySeconds } = settings.superNet;
  const batchOf = maskedBatches(settings, data, batch, seed, "super-net");
  const meter = new Meter(input, batch * data.pretrain.length);
  let lastCheckpoint = performance.now();

  while (state.step < steps) {
    if (input.stopped()) {
      await input.checkpoint(saveState(state));
      throw new OpnasError("STOPPED", "The super-net's training was stopped; it can go on.");
    }
    const { step } = state;
    const pair = samplePair(settings, stream(seed, "super-net: sub-networks", step));
    const rate = learningRateAt(step, steps, learningRate, warmup);
    const loss = superNetStep(settings, state, pair, batchOf(step), rate, lane);
    meter.count(state.step, loss);
    if (performance.now() - lastCheckpoint >= checkpointEverySeconds * 1000) {
      await input.checkpoint(saveState(state));
      lastCheckpoint = performance.now();
    }
    await nextTurn();
  }
  const last = saveState(state);
  await input.checkpoint(last);
  return last;
}

/**
 * One step of the super-net in place; returns the mean loss of its sub-networks. A random graph
 * must not spoil what all share: each sub-network's gradient is clipped by itself, and one whose
 * loss or gradient is not finite is left out.
 */
export function superNetStep(
  { size }: SearchSettings,
  state: SuperNetState,
  pair: Pair,
  batch: MaskedSequences,
  learningRate: number,
  lane?: Lane,
): number {
  const summed: Gradients = new Map();
  const losses: number[] = [];
  for (const { architecture, loss, gradients } of learnPair(size, state, pair, batch, lane)) {
    if (!Number.isFinite(loss) || !clip(gradients)) {
      state.skipped++;
      continue;
    }
    addGradients(summed, gradients);
    losses.push(loss);
    for (const [index, { kind }] of architecture.layers.entries()) {
      state.trained[kind][index] = (state.trained[kind][index] ?? 0) + 1;
    }
  }
  if (summed.size > 0) adamStep(state.weights, summed, state.adam, learningRate);
  state.step++;
  return losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
}

/** Loss and gradients of both sub-networks, one after the other or at once. */
function learnPair(
  size: ModelSize,
  { weights }: SuperNetState,
  [first, second]: Pair,
  batch: MaskedSequences,
  lane: Lane | undefined,
) {
  lane?.begin({ architecture: second, batch });
  const results = [
    { architecture: first, ...learn(size, weights, { architecture: first, batch }) },
  ];
  const other = lane?.finish() ?? learn(size, weights, { architecture: second, batch });
  return [...results, { architecture: second, ...other }];
}

/** Reports progress about twice a second. */
class Meter {
  #losses: number[] = [];
  #steps = 0;
  #since = performance.now();

  constructor(
    private readonly input: SuperNetInput,
    private readonly tokensPerStep: number,
  ) {}

  count(step: number, loss: number): void {
    this.#steps++;
    if (Number.isFinite(loss)) this.#losses.push(loss);
    const elapsed = performance.now() - this.#since;
    const total = this.input.settings.superNet.steps;
    if (elapsed < reportEveryMilliseconds && step < total) return;
    const sum = this.#losses.reduce((a, b) => a + b, 0);
    this.input.report({
      step,
      total,
      loss: this.#losses.length > 0 ? sum / this.#losses.length : null,
      tokensPerSecond: (this.#steps * this.tokensPerStep) / (elapsed / 1000),
    });
    [this.#losses, this.#steps, this.#since] = [[], 0, performance.now()];
  }
}
