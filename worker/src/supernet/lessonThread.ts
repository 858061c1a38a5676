/** Draws the sub-networks and batches of a super-net's training (train.ts). */
import { workerData } from "node:worker_threads";
import { drawAhead } from "../data/ahead.js";
import { drawingSchema } from "../data/maskedBatches.js";
import { superNetLessons } from "./sample.js";

const { first, ...drawing } = drawingSchema.parse(workerData);
drawAhead(first, superNetLessons(drawing));
