import type { Architecture, ModelSize } from "@opnas/core";
import { canRecord } from "../engine/recording/load.js";
import { buildBackbone } from "../model/backbone.js";
import type { Reuse } from "../model/layers.js";
import { onEngine, type Tensors, type Weights } from "../model/tensors.js";
import type { Gradients } from "./adam.js";
import { gradientRoom, lossAndGradients } from "./gradients.js";
import { kindOf, numbersOf, objectives, type Batch } from "./objective.js";
import { WholeStep } from "./wholeStep.js";

/** A model and the batch that it is to learn from. */
export interface Lesson {
  architecture: Architecture;
  /** Whether the model comes again with the next lessons, or only now. */
  use: Reuse;
  /** Its kind says what the model is trained for. */
  batch: Batch;
}

/** Mean losses in nats, their sum, and its gradients by the weights that the model uses. */
export interface Learned {
  loss: number;
  losses: readonly number[];
  gradients: Gradients;
}

/** Computes what models learn from batches by the same weights. */
export class Learner {
  private kept: { key: string; model: WholeStep } | undefined;

  /** @param room for the gradients by all weights */
  constructor(
    private readonly size: ModelSize,
    private readonly weights: Tensors,
    private readonly room = gradientRoom(weights),
  ) {}

  /** Losses and gradients, which last until the next lesson; the weights stay as they are. */
  learn({ architecture, use, batch }: Lesson): Learned {
    const numbers = numbersOf(batch);
    if (use === "often" && canRecord()) {
      return this.keep(architecture, batch).learn(this.weights, numbers, this.room);
    }
    const objective = objectives[kindOf(batch)](buildBackbone(this.size, architecture, use));
    const losses = (on: Weights) => objective.losses(on, numbers.map(onEngine));
    return lossAndGradients(this.weights, objective.names, losses, this.room);
  }

  /** Frees what the engine keeps for the last model. */
  release(): void {
    this.kept?.model.release();
    this.kept = undefined;
  }

  private keep(architecture: Architecture, batch: Batch): WholeStep {
    const key = JSON.stringify([kindOf(batch), architecture]);
    if (this.kept?.key !== key) {
      this.release();
      const objective = objectives[kindOf(batch)](buildBackbone(this.size, architecture));
      this.kept = { key, model: new WholeStep(objective) };
    }
    return this.kept.model;
  }
}
