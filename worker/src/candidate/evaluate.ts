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
import { Evaluation } from "./evaluation.js";
import { newState, type CandidateState, type loadState } from "./state.js";
import { trainCandidate, type CandidateContext } from "./train.js";
import { measureStepRatio } from "./stepRatio.js";
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

/** The checkpoints of an evaluation. */
export interface Checkpoints {
  /** The checkpoint to resume from, if there is one; the evaluation takes it over. */
  resume: ReturnType<typeof loadState> | undefined;
  /**
   * Stores a checkpoint of so much progress: every `superNet.checkpointEverySeconds` and before a
   * stop. The tensors change again once it is stored.
   */
  save: (tensors: Tensors, progress: number) => Promise<void>;
}

/**
 * Evaluates a candidate (docs/paper.md §4): it inherits the super-net's weights, trains for
 * `settings.candidate.steps`, is fine-tuned and scored on every task. An evaluation that was cut off
 * and resumed ends with the same bits.
 *
 * @param input.superNet the super-net's tensors, at least those that the candidate inherits; they are
 *   not changed. Unread where the evaluation resumes.
 * @throws OpnasError STOPPED once the signal is aborted; BAD_ARCHITECTURE; CORRUPT_ARTIFACT if
 *   `superNet` is not of this size
 */
export function evaluateCandidate(
  input: EvaluationInput & { superNet: Tensors; checkpoints?: Checkpoints },
): Promise<CandidateResult> {
  const { architecture, settings, superNet, checkpoints } = input;
  const backbone = buildBackbone(settings.size, checkArchitecture(architecture));
  const begin = () => newState(inherit(superNet, backbone));
  return evaluate(input, backbone, begin, settings.candidate, checkpoints);
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
  return evaluate(input, backbone, () => newState(initialWeights(backbone.parameters, seed)), plan);
}

/**
 * Trains and scores a model from its state on. One that diverges scores 0; a fine-tuning that does
 * scores 0 in its task only.
 */
async function evaluate(
  input: EvaluationInput,
  backbone: Backbone,
  begin: () => CandidateState,
  plan: SearchSettings["candidate"],
  checkpoints?: Checkpoints,
): Promise<CandidateResult> {
  const resumed = checkpoints?.resume;
  if (resumed && "result" in resumed) return resumed.result;
  const { settings, seed, data } = input;
  const context = { settings, data, seed, purpose: `candidate ${input.key}` };
  const course = new Evaluation(input, resumed ?? begin(), checkpoints?.save);
  const { control, state } = course;
  const { parts, training } = state;
  const { weights, step: begun } = training;
  try {
    if (!state.isTrained) {
      await course.time("trainSeconds", () =>
        trainCandidate(backbone, training, plan, context, control, course.inTraining()),
      );
      state.isTrained = true;
    }
    const masked = maskedTask(data);
    parts.heldOut ??= await course.time("scoreSeconds", () =>
      scoreMaskedWords(backbone, weights, masked, control),
    );
    const { loss, accuracy } = parts.heldOut;
    await course.saveIfDue();
    for (const task of data.tasks.slice(parts.taskScores.length)) {
      const part = task.kind === "fineTuned" ? "fineTuneSeconds" : "scoreSeconds";
      const { score, diverged } = await course.time(part, () =>
        scoreTask(task, backbone, weights, loss, context, control),
      );
      parts.taskScores.push({ ...describe(task, score), ...(diverged ? { diverged } : {}) });
      await course.saveIfDue();
    }
    const uniformity = await course.time("scoreSeconds", () =>
      tokenUniformity(backbone, weights, masked.test),
    );
    const stepRatio = await course.time("trainSeconds", () =>
      measureStepRatio(backbone, weights, plan.batch, training.step - begun, context, control),
    );
    return await course.end({
      score: mean(parts.taskScores.map(({ score }) => score)),
      stability: loss < learnedBelow * masked.unigram.loss ? "STABLE" : "NO_LEARNING",
      heldOutLoss: loss,
      heldOutAccuracy: accuracy,
      stepSeconds: course.stepSeconds(),
      stepRatio,
      tokenUniformity: uniformity,
      taskScores: parts.taskScores,
      timings: parts.timings,
    });
  } catch (error) {
    if (error instanceof OpnasError && error.code === "STOPPED") await course.saveBeforeStop();
    if (!(error instanceof DivergedError)) throw error;
    return await course.end({
      score: 0,
      stability: "DIVERGED",
      heldOutLoss: null,
      heldOutAccuracy: null,
      stepSeconds: course.stepSeconds(),
      stepRatio: null,
      tokenUniformity: null,
      taskScores: data.tasks.map((task) => describe(task, 0)),
      timings: parts.timings,
    });
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
