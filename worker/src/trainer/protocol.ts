import {
  architectureSchema,
  errorCodes,
  modelSizeSchema,
  pretrainSettingsSchema,
  searchSettingsSchema,
} from "@opnas/core";
import { modelClasses } from "@opnas/export";
import { candidateResultSchema, exportFormatSchema, lossPointSchema } from "@opnas/prisma";
import { z } from "zod";
import { textPlacesSchema } from "../dataset/request.js";
import { checkpointPlaceSchema } from "../files/checkpointFolder.js";

const run = z.strictObject({ seed: z.int(), settings: searchSettingsSchema });
const superNetSchema = z.strictObject({
  file: z.string(),
  /** The file's checksum; null for one of an older version. */
  checksum: z.string().nullable(),
});

/** The worker's requests to a trainer: one at a time, then perhaps `stop`. */
export const requestSchema = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("superNet"),
    run,
    text: textPlacesSchema,
    checkpoints: checkpointPlaceSchema,
    resultFile: z.string(),
    /** Cores that the training may use. */
    cores: z.int().min(1),
  }),
  z.strictObject({
    type: z.literal("evaluate"),
    run,
    text: textPlacesSchema,
    superNet: superNetSchema,
    checkpoints: checkpointPlaceSchema,
    architecture: architectureSchema,
    key: z.string(),
  }),
  z.strictObject({
    type: z.literal("pretrain"),
    /** An architecture of `settings.size.layers` layers. */
    architecture: architectureSchema,
    settings: pretrainSettingsSchema,
    seed: z.int(),
    /** The text of the search that found the architecture. */
    text: searchSettingsSchema.shape.text,
    places: textPlacesSchema,
    checkpoints: checkpointPlaceSchema,
    /** The folder that the trained model is written to. */
    modelFolder: z.string(),
    /** Cores that the training may use. */
    cores: z.int().min(1),
  }),
  z.strictObject({
    type: z.literal("export"),
    format: exportFormatSchema,
    model: z.discriminatedUnion("from", [
      /** A model's folder. */
      z.strictObject({ from: z.literal("folder"), folder: z.string() }),
      /** An architecture's share of a super-net. */
      z.strictObject({
        from: z.literal("superNet"),
        run,
        text: textPlacesSchema,
        superNet: superNetSchema,
        architecture: architectureSchema,
      }),
    ]),
    /** The folder that the files are written to. */
    folder: z.string(),
  }),
  z.strictObject({ type: z.literal("stop") }),
]);

/** A trainer's replies: `ready` once, then for each request any number of `progress` and `saved` and one end. */
export const replySchema = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("ready"),
    engine: z.strictObject({
      name: z.string(),
      version: z.string(),
      threads: z.int(),
      reasons: z.array(z.string()),
    }),
  }),
  z.strictObject({
    type: z.literal("progress"),
    step: z.int(),
    total: z.int(),
    loss: z.number().nullable(),
    tokensPerSecond: z.number(),
    note: z.string().nullable(),
    /** The loss curve of a full pre-training since the last reply. */
    points: z.array(lossPointSchema).optional(),
  }),
  /** Names a checkpoint that was written to the request's folder. */
  z.strictObject({ type: z.literal("saved"), name: z.string() }),
  z.strictObject({
    type: z.literal("superNet"),
    steps: z.int(),
    seconds: z.number(),
    /** Sub-networks left out because a loss or gradient was not finite. */
    skipped: z.int().min(0),
    /** The checksum of the file of weights. */
    checksum: z.string(),
  }),
  z.strictObject({ type: z.literal("evaluate"), result: candidateResultSchema }),
  /** Ends an evaluation or an export that cannot begin: the super-net's file is missing, cut off or damaged. */
  z.strictObject({ type: z.literal("superNetUnusable"), reason: z.string() }),
  z.strictObject({
    type: z.literal("pretrain"),
    /** The checksum of the model's file of weights. */
    checksum: z.string(),
  }),
  z.strictObject({
    type: z.literal("export"),
    /** The names of the files, in the request's folder. */
    files: z.array(z.string()),
    architecture: architectureSchema,
    size: modelSizeSchema,
    modelClass: z.enum(modelClasses),
    /** The number of trained numbers. */
    parameters: z.int().min(0),
  }),
  z.strictObject({
    type: z.literal("error"),
    code: z.enum(errorCodes),
    message: z.string(),
  }),
]);

export type Request = z.infer<typeof requestSchema>;
export type Reply = z.infer<typeof replySchema>;
export type Work = Exclude<Request, { type: "stop" }>;
export type Progress = Extract<Reply, { type: "progress" }>;
export type EngineReport = Extract<Reply, { type: "ready" }>["engine"];
