import type { SearchSettings } from "@opnas/core";
import { Prefetcher } from "../batches/prefetch.js";
import {
  maskedBatches,
  maskedSequencesSchema,
  type BatchSpec,
  type MaskedSequences,
} from "../batches/masked.js";
import type { PreparedData } from "../text/types.js";
import { canRecord } from "../engine/recording/load.js";
import type { Backbone } from "../model/backbone.js";
import type { Tensors, Weights } from "../model/tensors.js";
import { adamStep, clip, learningRateAt, newAdam } from "../training/adam.js";
import { gradientRoom, lossAndGradients } from "../training/gradients.js";
import { maskedLanguageLoss, maskedNumbers } from "../training/maskedLanguage.js";
import { maskedLanguage } from "../training/objective.js";
import { DivergedError, nextTurn, type Watch } from "../training/watch.js";
import { WholeStep } from "../training/wholeStep.js";

/** Share of a candidate's steps over which its learning rate rises. */
const warmup = 0.1;

/**
 * Steps from which a training is long: it pays to record the whole step and to start a thread that
 * draws the batches (docs/decisions/0010).
 */
const longFrom = 200;

/** Compiled, also where this file runs as TypeScript. */
const batchFile = new URL("../../dist/candidate/batchThread.js", import.meta.url);

/**
 * Masked-LM steps of one model, in place.
 * @throws DivergedError when a loss or a gradient is not finite
 */
export async function pretrain(
  backbone: Backbone,
  weights: Tensors,
  plan: { steps: number; batch: number; learningRate: number },
  context: Context,
  watch: Watch,
): Promise<void> {
  const isLong = plan.steps >= longFrom;
  const batches = isLong ? drawnAhead(plan.batch, context) : drawnHere(plan.batch, context);
  const names = backbone.parameters.map(({ name }) => name);
  const adam = newAdam(weights);
  const room = gradientRoom(weights);
  const whole = isLong && canRecord() ? new WholeStep(maskedLanguage(backbone)) : undefined;
  try {
    for (let step = 0; step < plan.steps; step++) {
      watch.check();
      const batch = await batches.next();
      const lossOf = (on: Weights) => maskedLanguageLoss(backbone, on, batch);
      const { loss, gradients } =
        whole?.learn(weights, maskedNumbers(batch), room) ??
        lossAndGradients(weights, names, lossOf, room);
      if (!Number.isFinite(loss) || !clip(gradients)) throw new DivergedError();
      adamStep(
        weights,
        gradients,
        adam,
        learningRateAt(step, plan.steps, plan.learningRate, warmup),
      );
      watch.progress("train", step + 1, plan.steps);
      await nextTurn();
    }
  } finally {
    whole?.release();
    await batches.end();
  }
}

/** What a training's batches follow from. */
interface Context {
  settings: SearchSettings;
  data: PreparedData;
  seed: number;
  purpose: string;
}

function drawnAhead(size: number, { settings, data, seed, purpose }: Context) {
  const { pretrain } = data;
  const drawing: BatchSpec = { settings, data: { pretrain }, size, seed, purpose, first: 0 };
  return Prefetcher.start(batchFile, drawing, (drawn) => maskedSequencesSchema.parse(drawn));
}

function drawnHere(size: number, { settings, data, seed, purpose }: Context) {
  const batchOf = maskedBatches(settings, data, size, seed, purpose);
  let step = 0;
  return {
    next: (): MaskedSequences => batchOf(step++),
    end: (): void => undefined,
  };
}
