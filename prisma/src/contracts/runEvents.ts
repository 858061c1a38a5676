import { z } from "zod";

const id = z.uuid();

/**
 * The payload of each kind of run event. Writers store exactly these fields; readers overlook others,
 * and pass an unknown kind on unread, so that a newer worker can run beside an older server.
 */
export const eventPayloads = {
  "run.created": z.object({ name: z.string(), preset: z.string(), seed: z.int() }),
  "run.status": z.object({ status: z.string(), reason: z.string().nullable() }),
  "supernet.progress": z.object({
    step: z.int(),
    total: z.int(),
    loss: z.number().nullable(),
    tokensPerSecond: z.number(),
    etaSeconds: z.number().nullable(),
    note: z.string().nullable(),
  }),
  "supernet.finished": z.object({ steps: z.int(), seconds: z.number() }),
  "generation.started": z.object({ generationId: id, index: z.int(), size: z.int() }),
  "candidate.started": z.object({ architectureId: id, workerId: id, attempt: z.int() }),
  "candidate.evaluated": z.object({
    architectureId: id,
    generationId: id,
    score: z.number(),
    stability: z.string(),
  }),
  "reference.evaluated": z.object({
    architectureId: id,
    score: z.number(),
    stability: z.string(),
  }),
  "candidate.failed": z.object({
    architectureId: id,
    generationId: id,
    code: z.string(),
    message: z.string(),
  }),
  "reference.failed": z.object({
    architectureId: id,
    code: z.string(),
    message: z.string(),
  }),
  "generation.finished": z.object({
    generationId: id,
    index: z.int(),
    bestScore: z.number(),
    meanScore: z.number(),
  }),
  "run.finished": z.object({
    bestArchitectureId: id.nullable(),
    bestScore: z.number().nullable(),
  }),
  "run.waiting": z.object({ reason: z.string() }),
  "run.extended": z.object({ generations: z.int(), candidates: z.int() }),
  "run.visibility": z.object({ visibility: z.string() }),
  "run.edited": z.object({ changed: z.array(z.string()) }),
  "architecture.edited": z.object({ architectureId: id, changed: z.array(z.string()) }),
  "run.failed": z.object({ code: z.string(), message: z.string() }),
} as const;

/** The kind of a run event. */
export type EventKind = keyof typeof eventPayloads;

/** A run event before it is stored: its kind with the payload of that kind. */
export type RunEventInput = {
  [K in EventKind]: { kind: K; payload: z.infer<(typeof eventPayloads)[K]> };
}[EventKind];
