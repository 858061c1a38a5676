/** The thread that prepares the batches of a candidate's training (train.ts). */
import { workerData } from "node:worker_threads";
import { servePrefetch } from "../batches/prefetch.js";
import { batchSpecSchema, maskedBatches } from "../batches/masked.js";

servePrefetch(() => {
  const { settings, data, size, seed, purpose, first } = batchSpecSchema.parse(workerData);
  return { first, batchOf: maskedBatches(settings, data, size, seed, purpose) };
});
