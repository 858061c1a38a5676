import { z } from "zod";
import { modelSizeSchema, type ModelSize } from "../modelSize.js";
import { textSchema } from "./text.js";
import { commonFields, learningRate } from "./training.js";

/**
 * Every setting of a full pre-training, beside its architecture and seed: BERT's training
 * (docs/paper.md §5) with the learning rate, batch and number of steps of a small model on one
 * machine. `describeSettings("pretraining")` lists them with their descriptions.
 */
export const pretrainSettingsSchema = z.strictObject({
  size: modelSizeSchema.meta({
    title: "Model size",
    description: "Size of the model; the architecture is cut or stretched to its number of layers.",
  }),
  steps: z.int().min(1).max(1_000_000).meta({
    title: "Steps",
    description: "Training steps, each one update of the weights.",
  }),
  batch: z.int().min(1).max(4096).meta({
    title: "Batch size",
    description: "Sentence pairs of a micro-batch.",
  }),
  accumulate: z.int().min(1).max(1024).meta({
    title: "Accumulated micro-batches",
    description: "Micro-batches whose gradients are accumulated for one step.",
  }),
  learningRate: learningRate.meta({
    title: "Learning rate",
    description: "Peak learning rate, above 0.",
  }),
  warmup: commonFields.warmup,
  weightDecay: z.number().min(0).max(1).meta({
    title: "Weight decay",
    description:
      "Share of a weight, per unit of learning rate, that each step takes off; biases and LayerNorms are exempt.",
  }),
  masking: commonFields.masking,
  checkpointEverySeconds: commonFields.checkpointEverySeconds,
  text: textSchema.nullable().default(null).meta({
    title: "Text",
    description:
      "Text to train on, in the worker's text folder (OPNAS_TEXT_DIR); empty: the text of the search that found the architecture.",
  }),
});

export type PretrainSettings = z.infer<typeof pretrainSettingsSchema>;

/** Settings of a full pre-training where none are given; the size is the architecture's. */
export const pretrainingDefaults = {
  steps: 10_000,
  batch: 32,
  accumulate: 1,
  learningRate: 1e-3,
  warmup: 0.1,
  weightDecay: 0.01,
  masking: 0.15,
  checkpointEverySeconds: 60,
  text: null,
} as const satisfies Omit<PretrainSettings, "size">;

/** The settings of a full pre-training at a size, where no others are given. */
export function defaultPretraining(size: ModelSize): PretrainSettings {
  return { size, ...pretrainingDefaults };
}

/**
 * The sizes that the paper gives its backbones (docs/paper.md §2); text and vocabulary are one's
 * own.
 */
export const publishedSizes = {
  small: { layers: 12, hidden: 256, heads: 4 },
  base: { layers: 12, hidden: 768, heads: 12 },
  large: { layers: 24, hidden: 1024, heads: 16 },
} as const satisfies Record<string, Partial<ModelSize>>;

/** Sequence length in tokens and peak learning rate that BERT's pre-training begins with. */
export const publishedTraining = { length: 128, learningRate: 1e-4 };

/** The most points that a stored loss curve has. */
const mostPoints = 2_000;

/** Returns over how many steps one point of a loss curve is averaged: 1 up to 2,000 steps. */
export function stepsPerPoint(steps: number): number {
  return Math.ceil(steps / mostPoints);
}
