import { z } from "zod";

const runId = z.uuid();

/** A trainer's work: one slot of a worker, minutes long, with a heartbeat. */
export const trainJobSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("superNet"), runId }),
  z.strictObject({ kind: z.literal("evaluate"), runId, architectureId: z.uuid() }),
  z.strictObject({ kind: z.literal("pretrain"), trainingId: z.uuid() }),
]);

/** The next generation of a run, from what is stored; short. */
export const evolveJobSchema = z.strictObject({ runId, generation: z.int().min(0) });

export type TrainJob = z.infer<typeof trainJobSchema>;
export type PretrainJob = Extract<TrainJob, { kind: "pretrain" }>;
export type EvolveJob = z.infer<typeof evolveJobSchema>;

/** Name of a job's work within its run: key of the queue and of the fencing table. */
export function trainTask(job: Exclude<TrainJob, PretrainJob>): string {
  return job.kind === "superNet" ? "superNet" : `evaluate:${job.architectureId}`;
}
export function evolveTask(job: EvolveJob): string {
  return `evolve:${String(job.generation)}`;
}
