import { z } from "zod";

/**
 * The answers that the command line relies on, as they are checked. TypeScript holds them against
 * the types generated from the server's schema (Api.request asks for both).
 */
const status = z.enum(["QUEUED", "RUNNING", "PAUSED", "DONE", "FAILED", "CANCELLED"]);
const stability = z.enum(["STABLE", "NO_LEARNING", "DIVERGED"]);
const score = z.number().nullish();
const changedRun = z.object({ id: z.string(), status });

export const startedSchema = z.object({
  startSearch: z.object({ id: z.string(), name: z.string() }),
});
export const pausedSchema = z.object({ pauseSearch: changedRun });
export const resumedSchema = z.object({ resumeSearch: changedRun });
export const cancelledSchema = z.object({ cancelSearch: changedRun });

const runSchema = z.object({
  id: z.string(),
  name: z.string(),
  status,
  lastSeq: z.int(),
  error: z.object({ code: z.string(), message: z.string() }).nullish(),
  progress: z.object({
    phase: z.enum(["PREPARING", "SUPERNET", "SEARCHING", "FINISHED"]),
    done: z.int(),
    total: z.int(),
    etaSeconds: z.int().nullish(),
    fraction: z.number(),
    message: z.string().nullish(),
  }),
  bestArchitecture: z.object({ name: z.string(), score }).nullish(),
});
export const runAnswerSchema = z.object({ searchRun: runSchema.nullish() });
export type RunState = z.infer<typeof runSchema>;

export const eventAnswerSchema = z.object({
  searchEvents: z.object({ seq: z.int(), kind: z.string() }),
});

export const runsSchema = z.object({
  searchRuns: z.object({
    totalCount: z.int(),
    edges: z.array(
      z.object({
        node: z.object({
          id: z.string(),
          name: z.string(),
          status,
          preset: z.string(),
          seed: z.int(),
          createdAt: z.string(),
          progress: z.object({ fraction: z.number() }),
          bestArchitecture: z.object({ score }).nullish(),
        }),
      }),
    ),
  }),
});

export const leaderboardSchema = z.object({
  leaderboard: z.object({
    totalCount: z.int(),
    edges: z.array(
      z.object({
        node: z.object({
          id: z.string(),
          name: z.string(),
          key: z.string(),
          score,
          stability: stability.nullish(),
          params: z.number(),
          reference: z.string().nullish(),
          generationIndex: z.int(),
          run: z.object({ name: z.string() }),
        }),
      }),
    ),
  }),
});

const taskScores = z.array(
  z.object({
    task: z.string(),
    kind: z.string(),
    metric: z.string(),
    score: z.number(),
    majority: z.number(),
    ngram: z.number(),
  }),
);

const referenceSchema = z.object({
  reference: z.string().nullish(),
  name: z.string(),
  key: z.string(),
  json: z.unknown(),
  params: z.number(),
  flops: z.number(),
  score,
  stability: stability.nullish(),
  taskScores,
});
export type Reference = z.infer<typeof referenceSchema>;

const recordRunSchema = z.object({
  id: z.string(),
  name: z.string(),
  status,
  seed: z.int(),
  preset: z.string(),
  strategy: z.enum(["OPNAS", "EVOLUTION", "RANDOM", "REINFORCEMENT"]),
  settings: z.unknown(),
  engine: z.string().nullish(),
  createdAt: z.string(),
  startedAt: z.string().nullish(),
  finishedAt: z.string().nullish(),
  bestArchitecture: z.object({ key: z.string() }).nullish(),
  references: z.array(referenceSchema),
  generations: z.array(
    z.object({
      index: z.int(),
      size: z.int(),
      bestScore: score,
      meanScore: score,
      startedAt: z.string(),
      finishedAt: z.string().nullish(),
    }),
  ),
  timings: z.object({
    superNetSeconds: z.number(),
    trainSeconds: z.number(),
    fineTuneSeconds: z.number(),
    scoreSeconds: z.number(),
    overheadSeconds: z.number(),
  }),
});
export const recordAnswerSchema = z.object({ searchRun: recordRunSchema.nullish() });
export type RecordRun = z.infer<typeof recordRunSchema>;

const candidateSchema = z.object({
  id: z.string(),
  key: z.string(),
  name: z.string(),
  json: z.unknown(),
  params: z.number(),
  flops: z.number(),
  score,
  stability: stability.nullish(),
  mutation: z.string().nullish(),
  generationIndex: z.int(),
  indexInGeneration: z.int(),
  parent: z.object({ key: z.string() }).nullish(),
  taskScores,
  evaluations: z.array(
    z.object({
      heldOutLoss: z.number().nullish(),
      heldOutAccuracy: z.number().nullish(),
      tokenUniformity: z.array(z.number()).nullish(),
      stepSeconds: z.number().nullish(),
      timings: z.unknown(),
      engine: z.string(),
      attempt: z.int(),
    }),
  ),
});
export const candidatesAnswerSchema = z.object({
  searchRun: z
    .object({
      architectures: z.object({
        pageInfo: z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullish() }),
        edges: z.array(z.object({ node: candidateSchema })),
      }),
    })
    .nullish(),
});
export type Candidate = z.infer<typeof candidateSchema>;

const operationSchema = z.object({
  kind: z.string(),
  position: z.int(),
  operation: z.string(),
  count: z.int(),
  meanScore: z.number(),
  ucb: z.number(),
  probability: z.number(),
});
export const operationsAnswerSchema = z.object({ operationPriorities: z.array(operationSchema) });
export type OperationRow = z.infer<typeof operationSchema>;

const trainingStatus = z.enum(["QUEUED", "RUNNING", "DONE", "FAILED", "CANCELLED"]);
const changedTraining = z.object({ id: z.string(), status: trainingStatus });

export const pretrainedSchema = z.object({ pretrain: z.object({ id: z.string() }) });
export const cancelledTrainingSchema = z.object({ cancelTraining: changedTraining });
export const resumedTrainingSchema = z.object({ resumeTraining: changedTraining });

const trainingSchema = z.object({
  id: z.string(),
  status: trainingStatus,
  step: z.int(),
  steps: z.int(),
  etaSeconds: z.int().nullish(),
  artifact: z.string().nullish(),
  error: z.object({ message: z.string() }).nullish(),
  lastMetric: z.object({ maskedLoss: z.number(), nextSentenceLoss: z.number() }).nullish(),
});
export const trainingAnswerSchema = z.object({ training: trainingSchema.nullish() });
export type TrainingState = z.infer<typeof trainingSchema>;

export const metricsAnswerSchema = z.object({
  trainingMetrics: z.array(z.object({ step: z.int() })),
});

export const trainingsAnswerSchema = z.object({
  trainings: z.object({
    totalCount: z.int(),
    edges: z.array(
      z.object({
        node: z.object({
          id: z.string(),
          status: trainingStatus,
          seed: z.int(),
          step: z.int(),
          steps: z.int(),
          architecture: z.object({ name: z.string() }),
          lastMetric: z.object({ loss: z.number() }).nullish(),
        }),
      }),
    ),
  }),
});
