/** The thread that samples the sentence pairs of a full pre-training (train.ts). */
import { workerData } from "node:worker_threads";
import { drawAhead } from "../batches/prefetch.js";
import { pairBatches, pairDrawingSchema } from "../batches/sentencePairs.js";

const { first, ...drawing } = pairDrawingSchema.parse(workerData);
drawAhead(first, pairBatches(drawing));
