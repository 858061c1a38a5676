import { z } from "zod";
import { traceContextSchema as trace } from "../traceContext.js";

/**
 * The version of the payloads that this program writes and understands. It is written where it is not
 * 1, so that programs from before versions read the first one. A change that a reader may overlook is
 * a new optional field; a change that it must not overlook is a new version or a new kind, at which
 * older programs give the job back.
 */
const version = z.literal(1).optional();
const runId = z.uuid();

/**
 * A job of the trainer queue: minutes to days in one slot of a worker. Fields of newer programs are
 * passed over. The stored payload calls a pre-training's id `trainingId`, as do jobs that wait in
 * existing databases.
 */
export const trainerJobSchema = z.discriminatedUnion("kind", [
  z.object({ version, trace, kind: z.literal("superNet"), runId }),
  z.object({ version, trace, kind: z.literal("evaluate"), runId, architectureId: z.uuid() }),
  z.object({ version, trace, kind: z.literal("pretrain"), trainingId: z.uuid() }),
  z.object({ version, trace, kind: z.literal("reproduce"), reproductionId: z.uuid() }),
  z.object({ version, trace, kind: z.literal("export"), exportId: z.uuid() }),
]);

/**
 * A job of the evolve queue: computes a run's next generation from what is stored, in seconds. Fields
 * of newer programs are passed over.
 */
export const evolveJobSchema = z.object({ version, trace, runId, generation: z.int().min(0) });

/** Any job: it comes to the queue of dead jobs from either of the others. */
export const anyJobSchema = z.union([trainerJobSchema, evolveJobSchema]);

/** A job of the queue `queues.trainer`. */
export type TrainerJob = z.infer<typeof trainerJobSchema>;
/** The trainer job of an order (orders/kinds.ts): a pre-training, a reproduction or an export. */
export type OrderJob = Extract<TrainerJob, { kind: "pretrain" | "reproduce" | "export" }>;
/** A job of the queue `queues.evolve`. */
export type EvolveJob = z.infer<typeof evolveJobSchema>;

/** A job that is part of a run; orders are not. */
export type RunJob = Exclude<TrainerJob, OrderJob> | EvolveJob;

/**
 * Names a job's work within its run: `superNet`, `evaluate:<architecture id>` or
 * `evolve:<generation>`. Claims are counted by it, and the queue holds one waiting job for each.
 */
export function workKey(job: RunJob): string {
  if ("generation" in job) return `evolve:${String(job.generation)}`;
  return job.kind === "superNet" ? "superNet" : `evaluate:${job.architectureId}`;
}
