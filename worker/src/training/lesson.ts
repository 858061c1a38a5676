import type { Architecture, ModelSize } from "@opnas/core";
import { buildBackbone } from "../model/backbone.js";
import type { Tensors } from "../model/tensors.js";
import type { Gradients } from "./adam.js";
import { lossAndGradients } from "./gradients.js";
import { maskedLanguageLoss, type MaskedSequences } from "./maskedLanguage.js";

/** A model that runs once, and the batch that it is to learn from. */
export interface Lesson {
  architecture: Architecture;
  batch: MaskedSequences;
}

/** Masked-LM loss and gradients of a model by those of `weights` that it uses. */
export function learn(
  size: ModelSize,
  weights: Tensors,
  { architecture, batch }: Lesson,
): { loss: number; gradients: Gradients } {
  const backbone = buildBackbone(size, architecture, "once");
  const names = backbone.parameters.map(({ name }) => name);
  return lossAndGradients(weights, names, (on) => maskedLanguageLoss(backbone, on, batch));
}
