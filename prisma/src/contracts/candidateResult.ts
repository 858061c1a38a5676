import { taskNames } from "@opnas/core";
import { z } from "zod";

/** One architecture's score in one proxy task, beside the baselines of that task. */
export const taskScoreSchema = z.object({
  task: z.enum(taskNames),
  title: z.string(),
  kind: z.string(),
  metric: z.string(),
  /** 0–100 in the task's own metric, as are both baselines. */
  score: z.number(),
  /** Baseline: always the most frequent answer. */
  majority: z.number(),
  /** Baseline: an n-gram model. */
  ngram: z.number(),
  /** True if the fine-tuning diverged, also at half the learning rate: score 0. Absent otherwise. */
  diverged: z.boolean().optional(),
});

/**
 * Reads stored task scores. Fields that only a newer version knows are left out, and so are tasks.
 * @throws ZodError when they are no list
 */
export function readTaskScores(stored: unknown): TaskScore[] {
  return z
    .array(z.unknown())
    .parse(stored)
    .flatMap((each) => taskScoreSchema.safeParse(each).data ?? []);
}

/** Seconds that one evaluation took, by part. */
export const timingsSchema = z.object({
  trainSeconds: z.number(),
  fineTuneSeconds: z.number(),
  scoreSeconds: z.number(),
  /** Time from the job's claim to its result minus the three above: queue, database, hand-over. */
  overheadSeconds: z.number(),
});

/**
 * Mean cosine similarity of different tokens' hidden states, −1 to 1, after the embedding and after
 * each layer: layers + 1 numbers.
 */
export const tokenUniformitySchema = z.array(z.number());

/** The result of one candidate's evaluation by a trainer. */
export const candidateResultSchema = z.object({
  /** Mean of the task scores, 0–100; 0 if diverged. */
  score: z.number(),
  /**
   * `DIVERGED`: a loss or gradient stopped being finite; score 0, all measures null. `NO_LEARNING`:
   * held-out words are predicted hardly better than by their frequency; scored nevertheless.
   */
  stability: z.enum(["STABLE", "NO_LEARNING", "DIVERGED"]),
  /** Mean cross-entropy of masked words of the test text, in nats; null if diverged. */
  heldOutLoss: z.number().nullable(),
  /** Accuracy on the same masked words, 0–1; null if diverged. */
  heldOutAccuracy: z.number().nullable(),
  /** Median seconds of one training step on the evaluating machine; null after too few steps. */
  stepSeconds: z.number().nullable(),
  /**
   * Time of a forward and backward pass as a multiple of vanilla BERT's, timed in turns; null if
   * diverged, and in results of before it was measured.
   */
  stepRatio: z.number().nullable().default(null),
  /** Null if diverged. */
  tokenUniformity: tokenUniformitySchema.nullable(),
  taskScores: z.array(taskScoreSchema),
  timings: timingsSchema.omit({ overheadSeconds: true }),
});

/** A candidate's score in one proxy task. */
export type TaskScore = z.infer<typeof taskScoreSchema>;
/** Seconds of one evaluation, by part. */
export type Timings = z.infer<typeof timingsSchema>;
/** The result of one candidate's evaluation, as trainers return it. */
export type CandidateResult = z.infer<typeof candidateResultSchema>;
