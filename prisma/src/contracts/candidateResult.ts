import { taskNames } from "@opnas/core";
import { z } from "zod";

/** One task's score of one architecture, 0–100 in the task's metric, beside its baselines. */
export const taskScoreSchema = z.strictObject({
  task: z.enum(taskNames),
  title: z.string(),
  kind: z.string(),
  metric: z.string(),
  /** 0–100, in the task's own metric; so are the baselines. */
  score: z.number(),
  majority: z.number(),
  ngram: z.number(),
});

export const timingsSchema = z.strictObject({
  trainSeconds: z.number(),
  fineTuneSeconds: z.number(),
  scoreSeconds: z.number(),
  /** From the job's claim to its result, less the three above: queue, database, hand-over. */
  overheadSeconds: z.number(),
});

/** Mean cosine similarity, −1 to 1, after the embedding and after each layer: layers + 1 numbers. */
export const tokenUniformitySchema = z.array(z.number());

/** What a trainer found out about one candidate. */
export const candidateResultSchema = z.strictObject({
  /** Mean of the task scores, 0–100; 0 if diverged. */
  score: z.number(),
  /**
   * `DIVERGED`: a loss or gradient stopped being finite, and nothing else is known. `NO_LEARNING`:
   * held-out words are guessed hardly better than by frequency; scored all the same.
   */
  stability: z.enum(["STABLE", "NO_LEARNING", "DIVERGED"]),
  /** Masked words of the test text: cross-entropy in nats and accuracy 0–1; null if diverged. */
  heldOutLoss: z.number().nullable(),
  heldOutAccuracy: z.number().nullable(),
  /** Median seconds of one training step where it was evaluated; null where too few ran. */
  stepSeconds: z.number().nullable(),
  /** Null if diverged. */
  tokenUniformity: tokenUniformitySchema.nullable(),
  taskScores: z.array(taskScoreSchema),
  timings: timingsSchema.omit({ overheadSeconds: true }),
});

export type TaskScore = z.infer<typeof taskScoreSchema>;
export type Timings = z.infer<typeof timingsSchema>;
export type CandidateResult = z.infer<typeof candidateResultSchema>;
