import { OpnasError } from "@opnas/core";
import type { HostTensor } from "../engine/hostTensor.js";
import { recordStep, type RecordedStep } from "../engine/recording/recordedStep.js";
import { tensorNamed, weightsOf, type Tensors } from "../model/tensors.js";
import type { Gradients } from "./adam.js";
import { asLearned } from "./gradients.js";
import type { Learned } from "./lesson.js";
import type { Objective } from "./objective.js";

/**
 * A model whose steps run as one recorded graph each, for every shape of batch its own
 * (docs/decisions/0010). Recording costs as much as six steps, and every
 * step is a tenth faster: it pays for a model that takes some hundred.
 */
export class WholeStep {
  private readonly steps = new Map<string, RecordedStep>();

  constructor(private readonly objective: Objective) {}

  /**
   * The losses on a batch (`numbersOf`) and the gradients of their sum, these in arrays of `room`;
   * the bits that the model gives.
   */
  learn(weights: Tensors, batch: readonly HostTensor[], room: Gradients): Learned {
    const { names, losses } = this.objective;
    const variables = names.map((name) => tensorNamed(weights, name));
    const key = batch.map(({ shape }) => shape.join("×")).join();
    const step =
      this.steps.get(key) ??
      recordStep(
        (on, given) => {
          const byName = new Map(on.map((each, at) => [names[at] ?? "", each]));
          return losses(weightsOf(byName), given);
        },
        variables,
        batch,
      );
    this.steps.set(key, step);
    const gradients = new Map(names.map((name) => [name, roomFor(name, room)]));
    return asLearned(step.run(variables, batch, [...gradients.values()]), gradients);
  }

  /** Frees what was recorded. */
  release(): void {
    for (const step of this.steps.values()) step.release();
    this.steps.clear();
  }
}

function roomFor(name: string, room: Gradients): Float32Array {
  const array = room.get(name);
  if (!array) throw new OpnasError("INTERNAL", `There is no room for the gradient of "${name}".`);
  return array;
}
