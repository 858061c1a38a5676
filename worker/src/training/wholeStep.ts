import { OpnasError } from "@opnas/core";
import type { MaskedSequences } from "../data/maskedBatches.js";
import { recordStep, type RecordedStep } from "../engine/recording/recordedStep.js";
import type { Backbone } from "../model/backbone.js";
import { tensorNamed, weightsOf, type Tensors } from "../model/tensors.js";
import type { Gradients } from "./adam.js";
import type { Learned } from "./lesson.js";
import { maskedLossOf, maskedNumbers } from "./maskedLanguage.js";

/**
 * A model whose steps run as one recorded graph each, for every shape of batch its own
 * (docs/decisions/0010). Recording costs as much as six steps, and every
 * step is a tenth faster: it pays for a model that takes some hundred.
 */
export class WholeStep {
  readonly #names: readonly string[];
  readonly #steps = new Map<string, RecordedStep>();

  constructor(private readonly backbone: Backbone) {
    this.#names = backbone.parameters.map(({ name }) => name);
  }

  /** Masked-LM loss and gradients, these in arrays of `room`; the bits that the model gives. */
  learn(weights: Tensors, batch: MaskedSequences, room: Gradients): Learned {
    const variables = this.#names.map((name) => tensorNamed(weights, name));
    const constants = maskedNumbers(batch);
    const key = constants.map(({ shape }) => shape.join("×")).join();
    const step =
      this.#steps.get(key) ??
      recordStep(
        (on, given) => {
          const byName = new Map(on.map((each, at) => [this.#names[at] ?? "", each]));
          return maskedLossOf(this.backbone, weightsOf(byName), given);
        },
        variables,
        constants,
      );
    this.#steps.set(key, step);
    const gradients = new Map(this.#names.map((name) => [name, roomFor(name, room)]));
    return { loss: step.run(variables, constants, [...gradients.values()]), gradients };
  }

  /** Frees what was recorded. */
  release(): void {
    for (const step of this.#steps.values()) step.release();
    this.#steps.clear();
  }
}

function roomFor(name: string, room: Gradients): Float32Array {
  const array = room.get(name);
  if (!array) throw new OpnasError("INTERNAL", `There is no room for the gradient of "${name}".`);
  return array;
}
