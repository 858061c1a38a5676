import {
  checkArchitecture,
  OpnasError,
  pretrainSettingsSchema,
  searchSettingsSchema,
  whenValid,
} from "@opnas/core";
import { z } from "zod";
import {
  candidateResultSchema,
  taskScoreSchema,
  timingsSchema,
  tokenUniformitySchema,
} from "../contracts/candidateResult.js";
import { eventPayloads } from "../contracts/runEvents.js";
import {
  PretrainingStatus,
  PriorityKind,
  ReproductionStatus,
  RunPhase,
  RunStatus,
  Stability,
} from "../generated/enums.js";
import { asGiven, column } from "./values.js";

const { id, int, count, float, text, texts, time, label, error } = column;

/** An architecture's JSON that is legal, as it is given. */
const architecture = z.unknown().superRefine(
  (value, context) => {
    try {
      checkArchitecture(value);
    } catch (error) {
      if (!(error instanceof OpnasError)) throw error;
      context.addIssue({ code: "custom", message: error.message });
    }
  },
  { when: whenValid },
);

const loosely = (schema: z.ZodObject) => schema.partial();

/** Schemas of events' payloads by kind; what an older version did not write yet may be absent. */
const payloads = new Map(
  Object.entries(eventPayloads).map(([kind, schema]) => [kind, loosely(schema)]),
);

/**
 * Schemas of the rows of an archive by table, with every column that is written. A column of a later
 * version has to be optional here, so that archives of today can still be read.
 */
export const rowSchemas = {
  SearchRun: z.object({
    id,
    name: label.min(1),
    status: z.enum(RunStatus),
    phase: z.enum(RunPhase),
    seed: int,
    preset: label,
    strategy: label,
    engine: label.nullable(),
    engines: texts,
    error: error.nullable(),
    progressDone: int,
    progressTotal: int,
    etaSeconds: float.nullable(),
    progressNote: text.nullable(),
    waitingReason: text.nullable(),
    failures: count,
    superNetSeconds: float,
    superNetSkipped: count,
    // It becomes a part of a path.
    superNetFile: z
      .string()
      .regex(/^super-net(\.\d{1,9})?\.safetensors$/)
      .nullable(),
    superNetChecksum: label.nullable(),
    lastSeq: count,
    bestScore: float.nullable(),
    createdAt: time,
    startedAt: time.nullable(),
    finishedAt: time.nullable(),
    archivedAt: time.nullable(),
    deletedAt: z.null(),
    tags: texts,
    note: text.nullable(),
  }),
  Worker: z.object({
    id,
    name: label,
    engine: label,
    engineReasons: asGiven(texts),
    threads: count,
    slots: count,
    startedAt: time,
  }),
  Generation: z.object({
    id,
    runId: id,
    index: count,
    size: count,
    evaluated: count,
    bestScore: float.nullable(),
    meanScore: float.nullable(),
    startedAt: time,
    finishedAt: time.nullable(),
  }),
  Architecture: z.object({
    id,
    runId: id,
    generationId: id,
    indexInGeneration: count,
    key: label.min(1),
    name: label,
    json: architecture,
    features: texts,
    params: float,
    flops: float,
    parentId: id.nullable(),
    mutation: text.nullable(),
    score: float.nullable(),
    stability: z.enum(Stability).nullable(),
    stepSeconds: float.nullable(),
    stepRatio: float.nullable().default(null),
    failureCode: label.nullable(),
    failureReason: text.nullable(),
    reference: label.nullable(),
    tags: texts,
    note: text.nullable(),
    createdAt: time,
    updatedAt: time,
  }),
  Evaluation: z.object({
    id,
    runId: id,
    architectureId: id,
    score: float,
    stability: z.enum(Stability),
    heldOutLoss: float.nullable(),
    heldOutAccuracy: float.nullable(),
    stepSeconds: float.nullable(),
    stepRatio: float.nullable().default(null),
    tokenUniformity: asGiven(tokenUniformitySchema.nullable()),
    taskScores: asGiven(z.array(taskScoreSchema.partial().extend({ task: text }))),
    timings: asGiven(timingsSchema.partial()),
    engine: label,
    attempt: count,
    workerId: id.nullable(),
    createdAt: time,
  }),
  OperationStatistic: z.object({
    runId: id,
    generation: count,
    kind: z.enum(PriorityKind),
    position: count,
    operation: label,
    count,
    meanScore: float,
    ucb: float,
    probability: float,
  }),
  RunEvent: z
    .object({ runId: id, seq: int.min(1), kind: label, payload: column.json, time })
    .superRefine(
      ({ kind, payload }, context) => {
        // A kind that only a newer version knows is kept: readers pass it on unread.
        const issues = payloads.get(kind)?.safeParse(payload).error?.issues ?? [];
        for (const { path, message } of issues) {
          context.addIssue({ code: "custom", path: ["payload", ...path], message });
        }
      },
      { when: whenValid },
    ),
  Attempt: z.object({
    runId: id,
    task: label,
    attempt: count,
    workerId: id,
    failures: count,
    progress: count,
    time,
    expiresAt: time.nullable(),
  }),
  Training: z.object({
    id,
    architectureId: id,
    status: z.enum(PretrainingStatus),
    settings: asGiven(pretrainSettingsSchema),
    seed: int,
    step: count,
    steps: count,
    engine: label.nullable(),
    error: error.nullable(),
    // It becomes a part of a path.
    artifact: z
      .string()
      .regex(/^trainings\/[0-9a-f-]{36}\/attempt-\d{1,9}$/)
      .nullable(),
    artifactChecksum: label.nullable(),
    attempt: count,
    failures: count,
    failedAt: count,
    waitingReason: text.nullable(),
    createdAt: time,
    startedAt: time.nullable(),
    finishedAt: time.nullable(),
  }),
  TrainingMetric: z.object({
    trainingId: id,
    step: count,
    loss: float,
    maskedLoss: float,
    nextSentenceLoss: float,
    learningRate: float,
    tokensPerSecond: float,
    time,
  }),
  Reproduction: z.object({
    id,
    architectureId: id,
    status: z.enum(ReproductionStatus),
    attempt: count,
    failures: count,
    engine: label.nullable(),
    result: asGiven(candidateResultSchema.partial().nullable()),
    error: error.nullable(),
    waitingReason: text.nullable(),
    createdAt: time,
    startedAt: time.nullable(),
    finishedAt: time.nullable(),
  }),
} as const;

/** The settings of a run, as they are given. */
export const archivedSettingsSchema = asGiven(searchSettingsSchema);

/** Name of a table whose rows an archive holds. */
export type ArchivedTableName = keyof typeof rowSchemas;
