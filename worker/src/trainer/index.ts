// What a program needs that does a trainer's work in place of the real one.
export { CheckpointFolder } from "../files/checkpointFolder.js";
export { TrainerPool, type TrainerHandle, type Trainers } from "./pool.js";
export { type Reply, requestSchema, type Work } from "./protocol.js";
