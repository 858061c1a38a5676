import { z } from "zod";
import { whenValid } from "./validation.js";

/** Size of the model that is searched; d_h = hidden / heads, feed-forward = 4 × hidden. */
export const modelSizeSchema = z
  .strictObject({
    layers: z.int().min(1).max(48),
    hidden: z.int().min(8).max(4096),
    heads: z.int().min(1).max(64),
    vocabulary: z.int().min(256).max(100_000),
    /** Tokens in a sequence, [CLS] and [SEP] included. */
    length: z.int().min(8).max(1024),
    /** Convolutions use their kernels as learned, without the softmax over each (Wu et al. 2019). */
    rawKernels: z.boolean().default(false),
  })
  .refine((size) => size.hidden % size.heads === 0, {
    error: "hidden must be a multiple of heads",
    path: ["hidden"],
    when: whenValid,
  });

export type ModelSize = z.infer<typeof modelSizeSchema>;
