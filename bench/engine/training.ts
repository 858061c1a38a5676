import { type Architecture, type ModelSize } from "@opnas/core";
import type { StartedEngine, Tensors } from "@opnas/worker";
import {
  buildBackbone,
  GradientSum,
  GradientThreads,
  initialWeights,
  newAdam,
  newSuperNet,
  sharedTensors,
  superNetParameters,
  superNetStep,
  tensorNamed,
  trainStep,
  type MaskedSequences,
} from "@opnas/worker/internals";
import { item } from "../common/items.ts";
import {
  architecturesOf,
  batchesOf,
  learningRate,
  models,
  partsOf,
  turn,
  type Kind,
  type ModelName,
} from "./cases.ts";

/** One step by some architectures on a batch; returns the loss in nats. */
type Step = (architectures: Architecture[], batch: MaskedSequences) => number;

/** The training of one case on our engine. */
export class CaseTraining {
  readonly batches: readonly MaskedSequences[];
  /** The weights of the beginning. */
  readonly begin: Tensors;
  private readonly kind: Kind;
  private readonly size: ModelSize;
  private readonly steps: readonly Architecture[][];
  private readonly weights: Tensors;
  private threads: GradientThreads | undefined;
  private takeStep: Step | undefined;
  private done = 0;

  private constructor(model: ModelName, kind: Kind) {
    this.kind = kind;
    this.size = models[model].size;
    this.steps = architecturesOf(kind, this.size);
    this.batches = batchesOf(models[model]);
    const parameters =
      kind === "superNet"
        ? superNetParameters(this.size)
        : buildBackbone(this.size, item(item(this.steps, 0), 0)).parameters;
    this.begin = initialWeights(parameters, 3);
    this.weights = sharedTensors(this.begin);
  }

  /**
   * Makes a case ready, at the weights of the beginning.
   * @throws OpnasError ENGINE_UNAVAILABLE if a thread cannot start the engine
   */
  static async start(
    engine: StartedEngine["name"],
    threads: number,
    model: ModelName,
    kind: Kind,
  ): Promise<CaseTraining> {
    const training = new CaseTraining(model, kind);
    const { size, weights } = training;
    training.threads = await GradientThreads.start(engine, size, weights, threads);
    training.restart();
    return training;
  }

  /** Goes back to the weights of the beginning. */
  restart(): void {
    for (const [name, { data }] of this.weights) data.set(tensorNamed(this.begin, name).data);
    if (!this.threads) throw new Error("The case has no threads.");
    this.takeStep =
      this.kind === "superNet" ? this.superNetSteps(this.threads) : this.modelSteps(this.threads);
    this.done = 0;
  }

  /** Trains one step; returns its loss. */
  step(): number {
    const { step, batch } = turn(this.steps, this.batches, this.done++);
    return this.takeStep?.(step, batch) ?? NaN;
  }

  async end(): Promise<void> {
    await this.threads?.end();
  }

  /** Two sub-networks, each on the whole batch. */
  private superNetSteps(threads: GradientThreads): Step {
    const { size, weights } = this;
    const state = { ...newSuperNet(size, 3), weights, adam: newAdam(weights) };
    return (subNetworks, batch) =>
      superNetStep(threads, state, { subNetworks, batch }, learningRate);
  }

  /** One model, on halves of the batch. */
  private modelSteps(threads: GradientThreads): Step {
    const { weights } = this;
    const state = { weights, adam: newAdam(weights), summed: new GradientSum() };
    return (architectures, batch) => {
      const architecture = item(architectures, 0);
      const parts = partsOf(batch).map((part) => {
        return { architecture, reuse: "often", batch: part } as const;
      });
      return trainStep(threads, state, parts, learningRate).loss;
    };
  }
}
