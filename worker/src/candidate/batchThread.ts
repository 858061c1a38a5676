/** The thread that prepares the batches of a candidate's training (train.ts). */
import { workerData } from "node:worker_threads";
import { drawAhead } from "../batches/prefetch.js";
import { drawingSchema, maskedBatches } from "../batches/masked.js";

const { settings, data, size, seed, purpose, first } = drawingSchema.parse(workerData);
drawAhead(first, maskedBatches(settings, data, size, seed, purpose));
