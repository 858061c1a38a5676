/** The thread that samples the sub-networks and batches of a super-net's training (train.ts). */
import { workerData } from "node:worker_threads";
import { drawAhead } from "../batches/prefetch.js";
import { drawingSchema } from "../batches/masked.js";
import { superNetBatches } from "./sample.js";

const { first, ...drawing } = drawingSchema.parse(workerData);
drawAhead(first, superNetBatches(drawing));
