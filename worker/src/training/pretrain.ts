import type { SearchSettings } from "@opnas/core";
import type { PreparedData } from "../data/types.js";
import { canRecord } from "../engine/recording/load.js";
import type { Backbone } from "../model/backbone.js";
import type { Tensors, Weights } from "../model/tensors.js";
import { adamStep, clip, learningRateAt, newAdam } from "./adam.js";
import { gradientRoom, lossAndGradients } from "./gradients.js";
import { maskedBatches, maskedLanguageLoss } from "./maskedLanguage.js";
import { DivergedError, nextTurn, type Watch } from "./watch.js";
import { WholeStep } from "./wholeStep.js";

/** Share of a candidate's steps over which its learning rate rises. */
const warmup = 0.1;

/** Steps from which it pays to record the whole step (docs/decisions/0010). */
const wholeFrom = 200;

/**
 * Masked-LM steps of one model, in place.
 * @throws DivergedError when a loss or a gradient is not finite
 */
export async function pretrain(
  backbone: Backbone,
  weights: Tensors,
  plan: { steps: number; batch: number; learningRate: number },
  context: { settings: SearchSettings; data: PreparedData; seed: number; purpose: string },
  watch: Watch,
): Promise<void> {
  const { settings, data, seed, purpose } = context;
  const batchOf = maskedBatches(settings, data, plan.batch, seed, purpose);
  const names = backbone.parameters.map(({ name }) => name);
  const adam = newAdam(weights);
  const room = gradientRoom(weights);
  const whole = plan.steps >= wholeFrom && canRecord() ? new WholeStep(backbone) : undefined;
  try {
    for (let step = 0; step < plan.steps; step++) {
      watch.check();
      const batch = batchOf(step);
      const lossOf = (on: Weights) => maskedLanguageLoss(backbone, on, batch);
      const { loss, gradients } =
        whole?.learn(weights, batch, room) ?? lossAndGradients(weights, names, lossOf, room);
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
  }
}
