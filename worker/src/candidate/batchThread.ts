/** The thread that prepares the batches of a candidate's training (train.ts). */
import { workerData } from "node:worker_threads";
import { servePrefetch } from "../batches/prefetch.js";
import { batchSpecSchema, maskedBatches } from "../batches/masked.js";

const { settings, data, size, seed, purpose, first } = batchSpecSchema.parse(workerData);
servePrefetch(first, maskedBatches(settings, data, size, seed, purpose));
