/**
 * From losses to gradients: a micro-batch's losses and the gradients of their sum, by the same
 * weights for every model. A model that comes again and again runs as one compiled graph
 * (decision 0010); one that comes once is differentiated operation by operation. Both give the same
 * bits.
 */
import { OpnasError, type Architecture, type ModelSize } from "@opnas/core";
import { fetchInto, type HostTensor } from "../engine/hostTensor.js";
import { canRecord } from "../engine/recording/load.js";
import { valueAndGradients } from "../engine/recording/recordable.js";
import { recordStep, type RecordedStep } from "../engine/recording/recordedStep.js";
import { inScope, type Tensor } from "../engine/tf.js";
import { buildBackbone } from "../model/backbone.js";
import type { Reuse } from "../model/layers.js";
import {
  onEngine,
  tensorNamed,
  upload,
  weightsOf,
  type Tensors,
  type Weights,
} from "../model/tensors.js";
import { batchTensors, kindOf, objectiveOf, type Objective, type TrainingBatch } from "./losses.js";

/** Gradients by parameter name; a parameter that a step did not use has none. */
export type Gradients = Map<string, Float32Array>;

/** A part of a step's work: a model and the batch that its gradients are wanted on. */
export interface MicroBatch {
  architecture: Architecture;
  /** "often" for a model that comes again with the next micro-batches, "once" for one that does not. */
  reuse: Reuse;
  /** Its kind says what the model is trained for. */
  batch: TrainingBatch;
}

/** Mean losses in nats, their sum, and its gradients by the weights that the model uses. */
export interface LossesAndGradients {
  loss: number;
  losses: readonly number[];
  gradients: Gradients;
}

/** Computes the gradients of micro-batches by one set of weights, which it never changes. */
export class GradientComputer {
  private compiled: { key: string; step: CompiledStep } | undefined;

  /** @param buffers arrays for the gradients by all weights */
  constructor(
    private readonly size: ModelSize,
    private readonly weights: Tensors,
    private readonly buffers = gradientBuffers(weights),
  ) {}

  /** Computes losses and gradients; these stay valid until the next call. */
  computeGradients({ architecture, reuse, batch }: MicroBatch): LossesAndGradients {
    const tensors = batchTensors(batch);
    if (reuse === "often" && canRecord()) {
      const step = this.compiledStep(architecture, batch);
      return step.computeGradients(this.weights, tensors, this.buffers);
    }
    const objective = objectiveOf(batch, buildBackbone(this.size, architecture, reuse));
    const losses = (on: Weights) => objective.losses(on, tensors.map(onEngine));
    return lossAndGradients(this.weights, objective.names, losses, this.buffers);
  }

  /** Frees the last model's compiled step. */
  release(): void {
    this.compiled?.step.release();
    this.compiled = undefined;
  }

  private compiledStep(architecture: Architecture, batch: TrainingBatch): CompiledStep {
    const key = JSON.stringify([kindOf(batch), architecture]);
    if (this.compiled?.key !== key) {
      this.release();
      const objective = objectiveOf(batch, buildBackbone(this.size, architecture));
      this.compiled = { key, step: new CompiledStep(objective) };
    }
    return this.compiled.step;
  }
}

/**
 * An objective whose forward and backward pass run as one recorded graph, one for every shape of
 * batch. Recording costs as much as six steps and makes every step a tenth faster, so it pays for a
 * model that takes some hundred steps (decision 0010).
 */
export class CompiledStep {
  private readonly steps = new Map<string, RecordedStep>();

  constructor(private readonly objective: Objective) {}

  /** Computes losses and gradients on a batch (`batchTensors`), the latter in `buffers`. */
  computeGradients(
    weights: Tensors,
    batch: readonly HostTensor[],
    buffers: Gradients,
  ): LossesAndGradients {
    const { names } = this.objective;
    const variables = names.map((name) => tensorNamed(weights, name));
    const gradients = new Map(names.map((name) => [name, bufferNamed(buffers, name)]));
    const step = this.stepFor(variables, batch);
    return withSum(step.run(variables, batch, [...gradients.values()]), gradients);
  }

  /** Frees what was recorded. */
  release(): void {
    for (const step of this.steps.values()) step.release();
    this.steps.clear();
  }

  private stepFor(variables: readonly HostTensor[], batch: readonly HostTensor[]): RecordedStep {
    const key = batch.map(({ shape }) => shape.join("×")).join();
    const known = this.steps.get(key);
    if (known) return known;
    const { names, losses } = this.objective;
    const onGiven = (on: readonly Tensor[], given: readonly Tensor[]) =>
      losses(weightsOf(new Map(on.map((each, at) => [names[at] ?? "", each]))), given);
    const step = recordStep(onGiven, variables, batch);
    this.steps.set(key, step);
    return step;
  }
}

/**
 * Computes `losses` ([] or [k]) and the gradients of their sum by every tensor of `names` that they
 * depend on, into arrays of `buffers`. Leaves nothing on the engine.
 */
export function lossAndGradients(
  tensors: Tensors,
  names: readonly string[],
  losses: (weights: Weights) => Tensor,
  buffers: Gradients,
): LossesAndGradients {
  return inScope(() => {
    const uploaded = upload(tensors, names);
    const weights = weightsOf(uploaded);
    const { value, gradients } = valueAndGradients(() => losses(weights), [...uploaded.values()]);
    const found = names.flatMap((name, index) => {
      const [gradient, array] = [gradients[index], buffers.get(name)];
      return gradient && array ? [{ name, gradient, array }] : [];
    });
    const values = new Float32Array(value.size);
    fetchInto(
      [value, ...found.map(({ gradient }) => gradient)],
      [values, ...found.map(({ array }) => array)],
    );
    return withSum(values, new Map(found.map(({ name, array }) => [name, array])));
  });
}

/** Completes losses and gradients by the losses' sum. */
export function withSum(losses: ArrayLike<number>, gradients: Gradients): LossesAndGradients {
  const each = Array.from(losses);
  return { loss: each.reduce((sum, loss) => sum + loss), losses: each, gradients };
}

/** Arrays for the gradients by all of `tensors`, to be used again by every step. */
export function gradientBuffers(tensors: Tensors): Gradients {
  return new Map([...tensors].map(([name, { data }]) => [name, new Float32Array(data.length)]));
}

function bufferNamed(buffers: Gradients, name: string): Float32Array {
  const array = buffers.get(name);
  if (!array) throw new OpnasError("INTERNAL", `There is no buffer for the gradient of "${name}".`);
  return array;
}
