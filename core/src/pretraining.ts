import { z } from "zod";
import { modelSizeSchema, type ModelSize } from "./modelSize.js";
import { textSchema } from "./settings.js";

/**
 * Everything a full pre-training depends on beside its architecture and seed: BERT's (paper §5) with
 * the learning rate, batch and number of steps of a small model on one machine.
 */
export const pretrainSettingsSchema = z.strictObject({
  /** Its `layers` is the depth that the architecture is brought to (`atDepth`). */
  size: modelSizeSchema,
  steps: z.int().min(1).max(1_000_000),
  /** Sentence pairs of a micro-batch. */
  batch: z.int().min(1).max(4096),
  /** Micro-batches whose gradients are added up to one step. */
  accumulate: z.int().min(1).max(1024),
  /** At its peak. */
  learningRate: z.number().positive().max(1),
  /** Share of the steps over which the learning rate rises; then it falls in a line towards 0. */
  warmup: z.number().min(0).max(1),
  /** Share of a weight, by unit of learning rate, taken off at each step; not of biases and norms. */
  weightDecay: z.number().min(0).max(1),
  /** Share of the tokens that are hidden. */
  masking: z.number().min(0.01).max(0.9),
  checkpointEverySeconds: z.number().positive().max(86_400),
  /** What is read; null: the text of the search that found the architecture. */
  text: textSchema.nullable().default(null),
});

/** The sizes that the paper gives its backbones (paper §2); text and vocabulary are one's own. */
export const publishedSizes = {
  small: { layers: 12, hidden: 256, heads: 4 },
  base: { layers: 12, hidden: 768, heads: 12 },
  large: { layers: 24, hidden: 1024, heads: 16 },
} as const satisfies Record<string, Partial<ModelSize>>;

export type PretrainSettings = z.infer<typeof pretrainSettingsSchema>;

/** What models of these sizes are trained with, in the beginning (paper §5). */
export const publishedTraining = { length: 128, learningRate: 1e-4 };

/** What is not asked for, at a size. */
export function defaultPretraining(size: ModelSize): PretrainSettings {
  return {
    size,
    steps: 10_000,
    batch: 32,
    accumulate: 1,
    learningRate: 1e-3,
    warmup: 0.1,
    weightDecay: 0.01,
    masking: 0.15,
    checkpointEverySeconds: 60,
    text: null,
  };
}

/** Longest loss curve that is kept of a training, in points. */
const mostPoints = 2_000;

/** Steps that one point of a training's loss curve is the mean of: 1 up to 2,000 steps. */
export function stepsPerPoint(steps: number): number {
  return Math.ceil(steps / mostPoints);
}
