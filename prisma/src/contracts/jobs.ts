import { z } from "zod";

const runId = z.uuid();

/**
 * A job of the trainer queue: minutes to days in one slot of a worker. The stored payload calls a
 * pre-training's id `trainingId`, as do jobs that wait in existing databases.
 */
export const trainerJobSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("superNet"), runId }),
  z.strictObject({ kind: z.literal("evaluate"), runId, architectureId: z.uuid() }),
  z.strictObject({ kind: z.literal("pretrain"), trainingId: z.uuid() }),
]);

/** A job of the evolve queue: computes a run's next generation from what is stored, in seconds. */
export const evolveJobSchema = z.strictObject({ runId, generation: z.int().min(0) });

/** A job of the queue `queues.trainer`. */
export type TrainerJob = z.infer<typeof trainerJobSchema>;
/** The trainer job of a full pre-training. */
export type PretrainJob = Extract<TrainerJob, { kind: "pretrain" }>;
/** A job of the queue `queues.evolve`. */
export type EvolveJob = z.infer<typeof evolveJobSchema>;

/** A job that is part of a run; a pre-training belongs to none. */
export type RunJob = Exclude<TrainerJob, PretrainJob> | EvolveJob;

/**
 * Names a job's work within its run: `superNet`, `evaluate:<architecture id>` or
 * `evolve:<generation>`. Claims are counted by it, and the queue holds one waiting job for each.
 */
export function workKey(job: RunJob): string {
  if ("generation" in job) return `evolve:${String(job.generation)}`;
  return job.kind === "superNet" ? "superNet" : `evaluate:${job.architectureId}`;
}
