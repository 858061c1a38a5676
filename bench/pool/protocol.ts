/** The messages between a bench and its processes. */
import { architectureSchema, searchSettingsSchema } from "@opnas/core";
import { candidateResultSchema } from "@opnas/worker/internals";
import { z } from "zod";

const conditions = { settings: searchSettingsSchema, seed: z.int() };
const candidate = { ...conditions, architecture: architectureSchema, key: z.string() };

const superNetRequestSchema = z.strictObject({
  type: z.literal("superNet"),
  ...conditions,
  superNetFile: z.string(),
});
const scoreRequestSchema = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("evaluate"), ...candidate, superNetFile: z.string() }),
  z.strictObject({
    type: z.literal("alone"),
    ...candidate,
    plan: searchSettingsSchema.shape.candidate,
  }),
]);
export const requestSchema = z.union([superNetRequestSchema, scoreRequestSchema]);

export const replySchema = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("ready"),
    engine: z.object({ name: z.string(), version: z.string() }),
  }),
  z.strictObject({
    type: z.literal("progress"),
    step: z.int(),
    total: z.int(),
    loss: z.number().nullable(),
    tokensPerSecond: z.number(),
  }),
  z.strictObject({ type: z.literal("trained"), seconds: z.number() }),
  z.strictObject({
    type: z.literal("scored"),
    result: candidateResultSchema,
    seconds: z.number(),
  }),
  z.strictObject({ type: z.literal("failed"), message: z.string() }),
]);

/** A super-net that is to be trained and written to a file. */
export type SuperNetRequest = z.infer<typeof superNetRequestSchema>;
/** An architecture that is to be scored with inherited weights, or trained alone and scored. */
export type ScoreRequest = z.infer<typeof scoreRequestSchema>;
export type Request = z.infer<typeof requestSchema>;
export type Reply = z.infer<typeof replySchema>;
export type Progress = Extract<Reply, { type: "progress" }>;
