/** Draws the batches of a model's training (pretrain.ts). */
import { workerData } from "node:worker_threads";
import { servePrefetch } from "../batches/prefetch.js";
import { batchSpecSchema, maskedBatches } from "../batches/masked.js";

const { settings, data, size, seed, purpose, first } = batchSpecSchema.parse(workerData);
servePrefetch(first, maskedBatches(settings, data, size, seed, purpose));
