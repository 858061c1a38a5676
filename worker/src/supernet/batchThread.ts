/** The thread that samples the sub-networks and batches of a super-net's training (train.ts). */
import { workerData } from "node:worker_threads";
import { servePrefetch } from "../batches/prefetch.js";
import { batchSpecSchema } from "../batches/masked.js";
import { superNetBatches } from "./sample.js";

servePrefetch(() => {
  const { first, ...drawing } = batchSpecSchema.parse(workerData);
  return { first, batchOf: superNetBatches(drawing) };
});
