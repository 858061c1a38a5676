import { type Architecture, type PretrainSettings, OpnasError, stepsPerPoint } from "@opnas/core";
import type { LossPoint } from "@opnas/prisma";
import {
  branchOf,
  backboneParameters,
  initialWeights,
  pairParameters,
} from "../model/parameters.js";
import { tensorNamed, type Tensors, type NamedTensor } from "../model/tensors.js";
import { newAdam, learningRateAt } from "../training/optimizer.js";
import { loadTraining, saveTraining, vector } from "../training/checkpoints.js";
import { GradientSum, type ModelState } from "../training/step.js";

/** Everything that a full pre-training needs to resume as if it had never been interrupted. */
export interface PretrainState extends ModelState {
  /** Steps done. */
  step: number;
  curve: LossCurve;
}

function parametersOf(architecture: Architecture, { size }: PretrainSettings) {
  return [...backboneParameters(size, architecture.layers.map(branchOf)), ...pairParameters(size)];
}

/** A pre-training before its first step. */
export function newState(
  architecture: Architecture,
  settings: PretrainSettings,
  seed: number,
): PretrainState {
  const weights = initialWeights(parametersOf(architecture, settings), seed);
  const curve = new LossCurve(settings);
  return { weights, adam: newAdam(weights), summed: new GradientSum(), step: 0, curve };
}

/**
 * Names the state's tensors, weights under their own names. They share their memory with the
 * training: they hold until its next step.
 */
export function saveState({ weights, adam, step, curve }: PretrainState): Tensors {
  return new Map([
    ...saveTraining(weights, adam),
    ["training.progress", vector([step, adam.step])],
    ["training.curve", curve.save()],
  ]);
}

/**
 * Restores what `saveState` saved; the state takes the tensors' memory over.
 * @throws OpnasError CORRUPT_ARTIFACT if anything is missing or of another size
 */
export function loadState(
  tensors: Tensors,
  architecture: Architecture,
  settings: PretrainSettings,
): PretrainState {
  const { weights, adam } = loadTraining(tensors, parametersOf(architecture, settings));
  const [step = 0, adamSteps = 0] = tensorNamed(tensors, "training.progress").data;
  return {
    weights,
    adam: { step: adamSteps, ...adam },
    summed: new GradientSum(),
    step,
    curve: new LossCurve(settings, tensorNamed(tensors, "training.curve")),
  };
}

/** Numbers that a point consists of: sums of both losses and of the seconds. */
const width = 3;

/**
 * The loss curve of a pre-training. It is part of the checkpoint, so that a resumed training can
 * report all of it again, also what was lost on the way; its sums are float32 from the start, so that
 * they have the same bits whether they were stored in between or not.
 */
export class LossCurve {
  /** Steps that a point stands for. */
  private readonly every: number;
  private readonly numbers: Float32Array;

  /**
   * @param saved the result of `save`
   * @throws OpnasError CORRUPT_ARTIFACT if it belongs to another training
   */
  constructor(
    private readonly settings: PretrainSettings,
    saved?: NamedTensor,
  ) {
    this.every = stepsPerPoint(settings.steps);
    this.numbers = new Float32Array(width * Math.ceil(settings.steps / this.every));
    if (!saved) return;
    if (saved.data.length !== this.numbers.length) {
      throw new OpnasError("CORRUPT_ARTIFACT", "The checkpoint's loss curve is of another length.");
    }
    this.numbers.set(saved.data);
  }

  /** Adds step `step` (from 0): its losses in nats and its duration. */
  add(step: number, [masked = NaN, nextSentence = NaN]: readonly number[], seconds: number): void {
    const at = width * Math.floor(step / this.every);
    for (const [index, value] of [masked, nextSentence, seconds].entries()) {
      this.numbers[at + index] = (this.numbers[at + index] ?? 0) + value;
    }
  }

  /** Returns the points that ended by step `to` and after step `from`, both in steps done. */
  points(from: number, to: number): LossPoint[] {
    const { steps } = this.settings;
    const found: LossPoint[] = [];
    for (let point = Math.floor(from / this.every); ; point++) {
      const step = Math.min(steps, (point + 1) * this.every);
      if (step > to || point * this.every >= steps) return found;
      if (step > from) found.push(this.point(point, step));
    }
  }

  /** Copies the curve into a tensor [points, 3]. */
  save(): NamedTensor {
    return { shape: [this.numbers.length / width, width], data: this.numbers.slice() };
  }

  private point(point: number, step: number): LossPoint {
    const { size, batch, accumulate, steps, learningRate, warmup } = this.settings;
    const count = step - point * this.every;
    const [masked = NaN, nextSentence = NaN, seconds = NaN] = this.numbers.subarray(width * point);
    const [maskedLoss, nextSentenceLoss] = [masked / count, nextSentence / count];
    return {
      step,
      loss: maskedLoss + nextSentenceLoss,
      maskedLoss,
      nextSentenceLoss,
      learningRate: learningRateAt(step - 1, steps, learningRate, warmup),
      tokensPerSecond: (count * batch * accumulate * size.length) / seconds,
    };
  }
}
