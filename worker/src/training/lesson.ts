import type { Architecture, ModelSize } from "@opnas/core";
import type { MaskedSequences } from "../data/maskedBatches.js";
import { canRecord } from "../engine/recording/load.js";
import { buildBackbone } from "../model/backbone.js";
import type { Use } from "../model/layers.js";
import type { Tensors, Weights } from "../model/tensors.js";
import type { Gradients } from "./adam.js";
import { gradientRoom, lossAndGradients } from "./gradients.js";
import { maskedLanguageLoss } from "./maskedLanguage.js";
import { WholeStep } from "./wholeStep.js";

/** A model and the batch that it is to learn from. */
export interface Lesson {
  architecture: Architecture;
  /** Whether the model comes again with the next lessons, or only now. */
  use: Use;
  batch: MaskedSequences;
}

/** Mean loss in nats, and gradients by the weights that the model uses. */
export interface Learned {
  loss: number;
  gradients: Gradients;
}

/** Computes what models learn from batches by the same weights. */
export class Learner {
  #kept: { key: string; model: WholeStep } | undefined;

  /** @param room for the gradients by all weights */
  constructor(
    private readonly size: ModelSize,
    private readonly weights: Tensors,
    private readonly room = gradientRoom(weights),
  ) {}

  /** Masked-LM loss and gradients, which last until the next lesson; the weights stay as they are. */
  learn({ architecture, use, batch }: Lesson): Learned {
    if (use === "often" && canRecord()) {
      return this.#keep(architecture).learn(this.weights, batch, this.room);
    }
    const backbone = buildBackbone(this.size, architecture, use);
    const names = backbone.parameters.map(({ name }) => name);
    const loss = (on: Weights) => maskedLanguageLoss(backbone, on, batch);
    return lossAndGradients(this.weights, names, loss, this.room);
  }

  /** Frees what the engine keeps for the last model. */
  release(): void {
    this.#kept?.model.release();
    this.#kept = undefined;
  }

  #keep(architecture: Architecture): WholeStep {
    const key = JSON.stringify(architecture);
    if (this.#kept?.key !== key) {
      this.release();
      this.#kept = { key, model: new WholeStep(buildBackbone(this.size, architecture)) };
    }
    return this.#kept.model;
  }
}
