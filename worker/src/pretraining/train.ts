import { OpnasError, type Architecture, type PretrainSettings } from "@opnas/core";
import type { LossPoint } from "@opnas/prisma";
import { Ahead } from "../batches/prefetch.js";
import type { PreparedData } from "../text/types.js";
import { sharedTensors, type Tensors } from "../model/tensors.js";
import { learningRateAt } from "../training/adam.js";
import { trainToEnd, type Checkpoints } from "../training/loop.js";
import { Crew } from "../training/gradientThreads.js";
import type { Lesson } from "../training/lesson.js";
import { trainStep } from "../training/step.js";
import { DivergedError } from "../training/watch.js";
import { maskedPairsSchema, type MaskedPairs, type PairDrawing } from "../batches/sentencePairs.js";
import { loadState, newState, saveState, type PretrainState } from "./state.js";

export interface PretrainInput extends Checkpoints {
  /** Of `settings.size.layers` layers. */
  architecture: Architecture;
  settings: PretrainSettings;
  seed: number;
  /** Prepared for the size's vocabulary and length. */
  data: Pick<PreparedData, "documents">;
  /** A checkpoint to go on from. */
  resume?: Tensors | undefined;
  /** Who learns by these weights, if not this thread alone; the result has the same bits. */
  startCrew?: ((weights: Tensors) => Promise<Crew>) | undefined;
  /**
   * Called about twice a second and at the end with the steps done and the points of the loss curve
   * since the last call; at first with those of the checkpoint.
   */
  report: (step: number, points: readonly LossPoint[]) => void;
}

/** Compiled, also where this file runs as TypeScript. */
const pairFile = new URL("../../dist/pretraining/batchThread.js", import.meta.url);

const reportEveryMilliseconds = 500;

/**
 * Full pre-training of an architecture as BERT's (paper §5): masked language modelling and
 * next-sentence prediction on sentence pairs. Everything random follows from (seed, step): a training
 * that was cut off anywhere and resumed has, step by step, the bits of one that was not.
 *
 * @returns the trained weights
 * @throws OpnasError STOPPED once `stopped()`, after a last checkpoint; BAD_SETTING when the loss is
 *   no longer finite or the text is too short for pairs of this length
 */
export async function pretrainModel(input: PretrainInput): Promise<Tensors> {
  const { architecture, settings, seed, resume } = input;
  const state = resume
    ? loadState(resume, architecture, settings)
    : newState(architecture, settings, seed);
  state.weights = sharedTensors(state.weights);
  const crew = (await input.startCrew?.(state.weights)) ?? Crew.alone(settings.size, state.weights);
  const pairs = drawPairs(input, state.step);
  try {
    await trainSteps(input, state, crew, pairs);
    return state.weights;
  } finally {
    await pairs.end();
    await crew.end();
  }
}

/** An even micro-batch is learned in two halves, which two threads can take at once. */
function halvesOf({ batch }: PretrainSettings): number {
  return batch % 2 === 0 ? 2 : 1;
}

/** Parts of equal size that a step's batch is learned in. */
export function lessonsPerStep(settings: PretrainSettings): number {
  return settings.accumulate * halvesOf(settings);
}

function drawPairs({ settings, seed, data: { documents } }: PretrainInput, step: number) {
  const { size, batch, masking } = settings;
  const drawing: PairDrawing = {
    documents,
    masking,
    seed,
    first: step * lessonsPerStep(settings),
    size: batch / halvesOf(settings),
    length: size.length,
    vocabulary: size.vocabulary,
  };
  return Ahead.start(pairFile, drawing, (drawn) => maskedPairsSchema.parse(drawn));
}

async function trainSteps(
  input: PretrainInput,
  state: PretrainState,
  crew: Crew,
  pairs: Ahead<MaskedPairs>,
): Promise<void> {
  const { steps, checkpointEverySeconds } = input.settings;
  const teller = new Teller(input, state);
  const step = async () => {
    await takeStep(input, state, crew, pairs);
    teller.tell();
  };
  await trainToEnd(
    { steps, state, takeStep: step, save: () => saveState(state) },
    checkpointEverySeconds,
    input,
  );
}

async function takeStep(
  { architecture, settings }: PretrainInput,
  state: PretrainState,
  crew: Crew,
  pairs: Ahead<MaskedPairs>,
): Promise<void> {
  const { steps, learningRate, warmup, weightDecay } = settings;
  const started = performance.now();
  const lessons: Lesson[] = [];
  while (lessons.length < lessonsPerStep(settings)) {
    lessons.push({ architecture, use: "often", batch: await pairs.next() });
  }
  const rate = learningRateAt(state.step, steps, learningRate, warmup);
  try {
    const { losses } = trainStep(crew, state, lessons, rate, weightDecay);
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

/** Reports what has not been told yet, about twice a second. */
class Teller {
  private told = 0;
  private at = -Infinity;

  constructor(
    private readonly input: PretrainInput,
    private readonly state: PretrainState,
  ) {
    this.tell();
  }

  tell(): void {
    const { step, curve } = this.state;
    const now = performance.now();
    if (now - this.at < reportEveryMilliseconds && step < this.input.settings.steps) return;
    this.input.report(step, curve.points(this.told, step));
    [this.told, this.at] = [step, now];
  }
}
