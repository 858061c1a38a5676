import { z } from "zod";

const steps = z.int().min(0).max(1_000_000);
const sequences = z.int().min(1).max(4096);

/** The rate of Adam, above 0. */
export const learningRate = z.number().positive().max(1);

/** Fields that a search and a full pre-training have in common. */
export const commonFields = {
  warmup: z.number().min(0).max(1).meta({
    title: "Warm-up",
    description:
      "Share of the steps over which the learning rate rises to its peak; then it falls linearly towards 0.",
  }),
  masking: z.number().min(0.01).max(0.9).meta({
    title: "Masked tokens",
    description: "Share of the tokens that masked language modelling hides.",
  }),
  repeats: z.number().min(0).max(1).default(0).meta({
    title: "Sequences with a repeated stretch",
    description:
      "Share of the training sequences in which a stretch of the text occurs a second time at a random later place, so that a hidden word can be recalled from far away; 0: text as it is.",
  }),
  reversals: z.number().min(0).max(1).default(0).meta({
    title: "Sequences with a reversed half",
    description:
      "Share of the training sequences whose second half is the first in reverse order and alone has hidden words, so that each is to be looked up at a distance that depends on its place; 0: text as it is.",
  }),
  checkpointEverySeconds: z.number().positive().max(86_400).meta({
    title: "Checkpoint interval",
    description: "Seconds from one checkpoint to the next, above 0.",
  }),
};

/** Training of the super-net (docs/paper.md §4). */
export const superNetSchema = z.strictObject({
  steps: steps.meta({
    title: "Steps",
    description: "Training steps of the super-net; 0 leaves its weights random.",
  }),
  branches: z.enum(["both", "one"]).default("both").meta({
    title: "Branches trained in a step",
    description:
      "Branches of a layer that a step trains: both (by two complementary sub-networks; BIWS), or one (by a single sub-network, to measure what the second adds).",
  }),
  vanilla: z.number().min(0).max(1).default(0).meta({
    title: "Vanilla attention",
    description:
      "Share of the sampled attention layers that have BERT's graph in the super-net's training, so that the shared projections learn to look up; 0: every graph is a random one.",
  }),
  batch: sequences.meta({
    title: "Batch size",
    description: "Sequences in a batch of the super-net's training.",
  }),
  learningRate: learningRate.meta({
    title: "Learning rate",
    description: "Peak learning rate of the super-net's training, above 0.",
  }),
  warmup: commonFields.warmup,
  checkpointEverySeconds: commonFields.checkpointEverySeconds.meta({
    title: "Checkpoint interval",
    description:
      "Seconds from one checkpoint to the next, of the super-net's training and of each candidate's evaluation, above 0.",
  }),
});

/** Training of a candidate after it inherited the super-net's weights (docs/paper.md §4). */
export const candidateSchema = z.strictObject({
  steps: steps.meta({
    title: "Steps",
    description:
      "Training steps of a candidate after it inherited the super-net's weights; 0 keeps the inherited weights.",
  }),
  batch: sequences.meta({
    title: "Batch size",
    description: "Sequences in a batch of a candidate's training.",
  }),
  learningRate: learningRate.meta({
    title: "Learning rate",
    description: "Peak learning rate of a candidate's training, above 0.",
  }),
});

/** Fine-tuning of a candidate on each task that needs it. */
export const fineTuneSchema = z.strictObject({
  steps: steps.meta({
    title: "Steps",
    description: "Fine-tuning steps of a candidate on each task that is fine-tuned.",
  }),
  batch: sequences.meta({
    title: "Batch size",
    description: "Examples in a batch of fine-tuning.",
  }),
  learningRate: learningRate.meta({
    title: "Learning rate",
    description: "Peak learning rate of fine-tuning, above 0.",
  }),
});
