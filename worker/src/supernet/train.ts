import type { SearchSettings } from "@opnas/core";
import { Prefetcher } from "../batches/prefetch.js";
import type { BatchSpec } from "../batches/masked.js";
import type { PreparedData } from "../text/types.js";
import { sharedTensors, type Tensors } from "../model/tensors.js";
import { adamStep, clip, learningRateAt } from "../training/adam.js";
import { trainToEnd, type Checkpoints } from "../training/loop.js";
import { Crew } from "../training/gradientThreads.js";
import { superNetLessonSchema, type SuperNetLesson } from "./sample.js";
import { loadState, newSuperNet, saveState, type SuperNetState } from "./state.js";

export interface SuperNetProgress {
  step: number;
  total: number;
  /** Mean loss of the steps since the last report, in nats; null if none was finite. */
  loss: number | null;
  tokensPerSecond: number;
}

export interface SuperNetInput extends Checkpoints {
  settings: SearchSettings;
  seed: number;
  data: PreparedData;
  /** A checkpoint to go on from. */
  resume?: Tensors | undefined;
  /** Who learns by these weights, if not this thread alone; the result has the same bits. */
  startCrew?: ((weights: Tensors) => Promise<Crew>) | undefined;
  /** Called about twice a second. */
  report: (progress: SuperNetProgress) => void;
}

/** Compiled, also where this file runs as TypeScript. */
const lessonFile = new URL("../../dist/supernet/batchThread.js", import.meta.url);

const reportEveryMilliseconds = 500;

/**
 * Trains the bi-branch super-net (paper §4) by masked language modelling. In every step two
 * complementary sub-networks (one, with `superNet.branches` "one") see one batch, their gradients are
 * added and Adam takes one step. Everything random follows from (seed, step): a training that was cut
 * off and resumed ends with the same bits.
 *
 * @returns the last checkpoint: weights and the state of training
 * @throws OpnasError STOPPED once `stopped()`, after a last checkpoint
 */
export async function trainSuperNet(input: SuperNetInput): Promise<Tensors> {
  const { settings, seed, resume } = input;
  const state = resume ? loadState(resume, settings.size) : newSuperNet(settings.size, seed);
  state.weights = sharedTensors(state.weights);
  const crew = (await input.startCrew?.(state.weights)) ?? Crew.alone(settings.size, state.weights);
  const lessons = drawLessons(input, state.step);
  try {
    return await trainSteps(input, state, crew, lessons);
  } finally {
    await lessons.end();
    await crew.end();
  }
}

function drawLessons({ settings, seed, data }: SuperNetInput, first: number) {
  const { pretrain } = data;
  const drawing: BatchSpec = {
    settings,
    data: { pretrain },
    seed,
    first,
    size: settings.superNet.batch,
    purpose: "super-net",
  };
  return Prefetcher.start(lessonFile, drawing, (drawn) => superNetLessonSchema.parse(drawn));
}

function trainSteps(
  input: SuperNetInput,
  state: SuperNetState,
  crew: Crew,
  lessons: Prefetcher<SuperNetLesson>,
): Promise<Tensors> {
  const { settings, data } = input;
  const { steps, batch, learningRate, warmup, checkpointEverySeconds } = settings.superNet;
  const meter = new Meter(input, batch * data.pretrain.length);
  const takeStep = async () => {
    const lesson = await lessons.next();
    const rate = learningRateAt(state.step, steps, learningRate, warmup);
    const loss = superNetStep(crew, state, lesson, rate);
    meter.count(state.step, loss);
  };
  const save = () => saveState(state);
  return trainToEnd({ steps, state, takeStep, save }, checkpointEverySeconds, input);
}

/**
 * One step of the super-net in place; returns the mean loss of its sub-networks. A random graph
 * must not spoil what all share: each sub-network's gradient is clipped by itself, and one whose
 * loss or gradient is not finite is left out.
 */
export function superNetStep(
  crew: Crew,
  state: SuperNetState,
  { subNetworks, batch }: SuperNetLesson,
  learningRate: number,
): number {
  const { summed } = state;
  summed.clear();
  const losses: number[] = [];
  const lessons = subNetworks.map(
    (architecture) => ({ architecture, use: "once", batch }) as const,
  );
  for (const { lesson, loss, gradients } of crew.learn(lessons)) {
    if (!Number.isFinite(loss) || !clip(gradients)) {
      state.skipped++;
      continue;
    }
    summed.add(gradients);
    losses.push(loss);
    for (const [index, { kind }] of lesson.architecture.layers.entries()) {
      state.trained[kind][index] = (state.trained[kind][index] ?? 0) + 1;
    }
  }
  if (losses.length > 0) adamStep(state.weights, summed.gradients, state.adam, learningRate);
  state.step++;
  return losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
}

/** Reports progress about twice a second. */
class Meter {
  private losses: number[] = [];
  private steps = 0;
  private since = performance.now();

  constructor(
    private readonly input: SuperNetInput,
    private readonly tokensPerStep: number,
  ) {}

  count(step: number, loss: number): void {
    this.steps++;
    if (Number.isFinite(loss)) this.losses.push(loss);
    const elapsed = performance.now() - this.since;
    const total = this.input.settings.superNet.steps;
    if (elapsed < reportEveryMilliseconds && step < total) return;
    const sum = this.losses.reduce((a, b) => a + b, 0);
    this.input.report({
      step,
      total,
      loss: this.losses.length > 0 ? sum / this.losses.length : null,
      tokensPerSecond: (this.steps * this.tokensPerStep) / (elapsed / 1000),
    });
    [this.losses, this.steps, this.since] = [[], 0, performance.now()];
  }
}
