import { searchSettingsSchema } from "@opnas/core";
import { z } from "zod";

/** The search that a process proposes for. */
export const requestSchema = z.object({
  settings: searchSettingsSchema,
  seed: z.int(),
  /** The evaluated candidates, as `historyRows` reads them. */
  history: z.array(
    z.object({
      key: z.string(),
      score: z.number(),
      generation: z.int(),
      index: z.int(),
      version: z.int(),
      layers: z.string(),
    }),
  ),
});
/** The search that a process proposes for. */
export type Request = z.infer<typeof requestSchema>;

/** Milliseconds of one proposal. */
export const timesSchema = z.object({
  wall: z.number(),
  /** Processor time of the whole process, its threads included. */
  processor: z.number(),
  /** The longest that the calling thread, which sends the worker's heartbeats, stood still. */
  standstill: z.number(),
});
/** Milliseconds of one proposal. */
export type Times = z.infer<typeof timesSchema>;

/** The times of a new process's first proposal, and of its next one. */
export const replySchema = z.object({ first: timesSchema, next: timesSchema });
/** The times of a new process's first proposal, and of its next one. */
export type Reply = z.infer<typeof replySchema>;
