import {
  architectureSchema,
  bertLayer,
  sampleAttention,
  sampleConvolution,
  stream,
  type Architecture,
  type Random,
} from "@opnas/core";
import { z } from "zod";
import { maskedBatches, maskedSequencesSchema, type BatchSpec } from "../batches/masked.js";

/** The batch of one step of the super-net: its sub-networks, and the sequences for all of them. */
export const superNetBatchSchema = z.object({
  subNetworks: z.array(architectureSchema).min(1),
  batch: maskedSequencesSchema,
});
export type SuperNetBatch = z.infer<typeof superNetBatchSchema>;

/** Returns the batch of each step; it follows from (seed, step) alone. */
export function superNetBatches({
  settings,
  data,
  size,
  seed,
  purpose,
}: Omit<BatchSpec, "first">): (step: number) => SuperNetBatch {
  const batchOf = maskedBatches(settings, data, size, seed, purpose);
  const count = settings.superNet.branches === "both" ? 2 : 1;
  return (step) => {
    const pair = samplePair(settings, stream(seed, `${purpose}: sub-networks`, step));
    return { subNetworks: pair.slice(0, count), batch: batchOf(step) };
  };
}

/**
 * Samples two sub-networks that together use both branches of every layer once: a random choice of branch
 * per layer, and its complement. Graphs and kernels are sampled by the search space's own sampler, but
 * for the share of graphs that are BERT's.
 */
export function samplePair(
  { size, mutation, superNet: { vanilla } }: BatchSpec["settings"],
  random: Random,
): [Architecture, Architecture] {
  const pairs = Array.from({ length: size.layers }, () => {
    // Without a share no number is drawn, so that older runs are repeated to the bit.
    const isVanilla = vanilla > 0 && random.next() < vanilla;
    const attention = isVanilla ? bertLayer : sampleAttention(mutation.maxNodes, random);
    const convolution = sampleConvolution(random);
    return random.next() < 0.5 ? [attention, convolution] : [convolution, attention];
  });
  return [
    { version: 1, layers: pairs.flatMap((pair) => pair.slice(0, 1)) },
    { version: 1, layers: pairs.flatMap((pair) => pair.slice(1)) },
  ];
}
