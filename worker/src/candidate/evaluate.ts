import {
  checkArchitecture,
  OpnasError,
  taskCatalog,
  type Architecture,
  type SearchSettings,
} from "@opnas/core";
import type { CandidateResult, TaskScore } from "@opnas/prisma";
import { buildBackbone, type Backbone } from "../model/backbone.js";
import { initialWeights } from "../model/parameters.js";
import type { Tensors } from "../model/tensors.js";
import { inherit } from "../supernet/inherit.js";
import type { MaskedLanguageTask, PreparedData, ProxyTask } from "../text/types.js";
import type { RunControl } from "../training/loop.js";
import { DivergedError } from "../training/step.js";
import { fineTune, tuneStably } from "./fineTune.js";
import { scoreMaskedWords, scoreZeroShot } from "./score.js";
import { StepTimer, trainCandidate, type CandidateContext } from "./train.js";
import { tokenUniformity } from "./uniformity.js";

/** A held-out loss above this share of the unigram loss counts as not having learned. */
const learnedBelow = 0.95;

/** Everything an evaluation depends on; every random choice follows from (seed, key). */
export interface EvaluationInput extends RunControl {
  architecture: Architecture;
  /** The architecture's canonical key. */
  key: string;
  settings: SearchSettings;
  seed: number;
  data: PreparedData;
}

/**
 * Evaluates a candidate (docs/paper.md §4): it inherits the super-net's weights, trains for
 * `settings.candidate.steps`, is fine-tuned and scored on every task. `superNet` is not changed.
 *
 * @throws OpnasError STOPPED once the signal is aborted; BAD_ARCHITECTURE; CORRUPT_ARTIFACT if
 *   `superNet` is not of this size
 */
export function evaluateCandidate(
  input: EvaluationInput & { superNet: Tensors },
): Promise<CandidateResult> {
  const { architecture, settings, superNet } = input;
  const backbone = buildBackbone(settings.size, checkArchitecture(architecture));
  return evaluate(input, backbone, inherit(superNet, backbone), settings.candidate);
}

/**
 * Evaluates an architecture from its own initial weights after a training of `plan`: the score that
 * one with inherited weights stands in for.
 *
 * @throws OpnasError STOPPED once the signal is aborted; BAD_ARCHITECTURE
 */
export function trainAlone(
  input: EvaluationInput & { plan: SearchSettings["candidate"] },
): Promise<CandidateResult> {
  const { architecture, settings, seed, plan } = input;
  const backbone = buildBackbone(settings.size, checkArchitecture(architecture));
  return evaluate(input, backbone, initialWeights(backbone.parameters, seed), plan);
}

/**
 * Trains `weights`, which it takes over, and scores the model. One that diverges scores 0; a
 * fine-tuning that does scores 0 in its task only.
 */
async function evaluate(
  input: EvaluationInput,
  backbone: Backbone,
  weights: Tensors,
  plan: SearchSettings["candidate"],
): Promise<CandidateResult> {
  const { settings, seed, data } = input;
  const context = { settings, data, seed, purpose: `candidate ${input.key}` };
  const timer = new StepTimer();
  const control: RunControl = {
    signal: input.signal,
    onProgress: (progress) => {
      timer.record(progress);
      input.onProgress?.(progress);
    },
  };
  const timings = { trainSeconds: 0, fineTuneSeconds: 0, scoreSeconds: 0 };
  const timed = async <T>(part: keyof typeof timings, work: () => Promise<T> | T): Promise<T> => {
    const start = performance.now();
    const result = await work();
    timings[part] += (performance.now() - start) / 1000;
    return result;
  };
  try {
    await timed("trainSeconds", () => trainCandidate(backbone, weights, plan, context, control));
    const masked = maskedTask(data);
    const heldOut = await timed("scoreSeconds", () =>
      scoreMaskedWords(backbone, weights, masked, control),
    );
    const taskScores: TaskScore[] = [];
    for (const task of data.tasks) {
      const part = task.kind === "fineTuned" ? "fineTuneSeconds" : "scoreSeconds";
      const { score, diverged } = await timed(part, () =>
        scoreTask(task, backbone, weights, heldOut.loss, context, control),
      );
      taskScores.push({ ...describe(task, score), ...(diverged ? { diverged } : {}) });
    }
    const uniformity = await timed("scoreSeconds", () =>
      tokenUniformity(backbone, weights, masked.test),
    );
    return {
      score: mean(taskScores.map(({ score }) => score)),
      stability: heldOut.loss < learnedBelow * masked.unigram.loss ? "STABLE" : "NO_LEARNING",
      heldOutLoss: heldOut.loss,
      heldOutAccuracy: heldOut.accuracy,
      stepSeconds: timer.median(),
      tokenUniformity: uniformity,
      taskScores,
      timings,
    };
  } catch (error) {
    if (!(error instanceof DivergedError)) throw error;
    return {
      score: 0,
      stability: "DIVERGED",
      heldOutLoss: null,
      heldOutAccuracy: null,
      stepSeconds: timer.median(),
      tokenUniformity: null,
      taskScores: data.tasks.map((task) => describe(task, 0)),
      timings,
    };
  } finally {
    backbone.release();
  }
}

async function scoreTask(
  task: ProxyTask,
  backbone: Backbone,
  weights: Tensors,
  heldOutLoss: number,
  context: CandidateContext,
  control: RunControl,
): Promise<{ score: number; diverged: boolean }> {
  switch (task.kind) {
    case "masked":
      return { score: skill(heldOutLoss, task), diverged: false };
    case "zeroShot": {
      const score = await scoreZeroShot(backbone, weights, task, control);
      return { score, diverged: false };
    }
    case "fineTuned": {
      const { settings } = context;
      return tuneStably(settings.fineTune.learningRate, (learningRate) => {
        const slower = { ...settings, fineTune: { ...settings.fineTune, learningRate } };
        return fineTune(backbone, weights, task, { ...context, settings: slower }, control);
      });
    }
  }
}

/** Returns how much of the unigram model's loss is gone, in percent; 0 for a loss above it. */
function skill(loss: number, { unigram }: MaskedLanguageTask): number {
  return Math.max(0, 100 * (1 - loss / unigram.loss));
}

function describe(task: ProxyTask, score: number): TaskScore {
  const baselines =
    task.kind === "masked" ? { majority: 0, ngram: skill(task.bigram.loss, task) } : task.baselines;
  const { title, metric } = taskCatalog[task.name];
  return {
    task: task.name,
    title,
    kind: task.kind,
    metric,
    score,
    ...baselines,
  };
}

/** The masked-word task; it is always prepared, for it also tells whether a model learned. */
function maskedTask(data: PreparedData): MaskedLanguageTask {
  const task = data.tasks.find((task) => task.kind === "masked");
  if (!task) throw new OpnasError("BAD_SETTING", 'The tasks must include "mlm".');
  return task;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
