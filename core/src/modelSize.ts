import { z } from "zod";
import { whenValid } from "./validation.js";

const sizes = {
  layers: z.int().min(1).max(48).meta({
    title: "Layers",
    description: "Number of layers of the backbone.",
  }),
  hidden: z.int().min(8).max(4096).meta({
    title: "Hidden size",
    description: "Width of the hidden states; it must be a multiple of the heads.",
  }),
  heads: z.int().min(1).max(64).meta({
    title: "Heads",
    description: "Heads of every layer, each of hidden size / heads dimensions.",
  }),
  vocabulary: z.int().min(256).max(100_000).meta({
    title: "Vocabulary size",
    description: "Most word pieces of the vocabulary, special tokens included.",
  }),
  length: z.int().min(8).max(1024).meta({
    title: "Sequence length",
    description: "Tokens in a sequence, [CLS] and [SEP] included.",
  }),
  rawKernels: z.boolean().default(false).meta({
    title: "Convolution kernels without softmax",
    description:
      "Convolutions use their kernels as trained, without the softmax over each kernel that Wu et al. (2019) apply.",
  }),
};

const headsFit = ({ hidden, heads }: { hidden: number; heads: number }) => hidden % heads === 0;
const headsIssue = { error: "hidden must be a multiple of heads", path: ["hidden"] };

/** The size of a model; d_h = hidden / heads, and the feed-forward block has 4 × hidden. */
export const modelSizeSchema = z
  .strictObject(sizes)
  .refine(headsFit, { ...headsIssue, when: whenValid });

/** The fields of the size of a model that was trained, here or elsewhere. */
export const trainedSizes = {
  ...sizes,
  /**
   * Added to the variance in every layer norm; left out for 1e-12, with which all models of the
   * platform's own are trained. Imported ones may have another (decision 0054).
   */
  normEpsilon: z.number().positive().max(0.01).optional(),
};

/** The size of a model that was trained, here or elsewhere. */
export const trainedSizeSchema = z
  .strictObject(trainedSizes)
  .refine(headsFit, { ...headsIssue, when: whenValid });

export type ModelSize = z.infer<typeof trainedSizeSchema>;

/** Returns what is added to the variance in every layer norm of a model: BERT's 1e-12 unless it has another. */
export function normEpsilonOf({ normEpsilon = 1e-12 }: ModelSize): number {
  return normEpsilon;
}
