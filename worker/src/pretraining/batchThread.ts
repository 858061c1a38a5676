/** The thread that samples the sentence pairs of a full pre-training (train.ts). */
import { workerData } from "node:worker_threads";
import { servePrefetch } from "../batches/prefetch.js";
import { pairBatches, pairBatchSpecSchema } from "../batches/sentencePairs.js";

servePrefetch(() => {
  const { first, ...drawing } = pairBatchSpecSchema.parse(workerData);
  return { first, batchOf: pairBatches(drawing) };
});
