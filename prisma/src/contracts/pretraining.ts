import { z } from "zod";

/** A point of a training's loss curve: losses in nats, means over the steps since the last point. */
export const lossPointSchema = z.strictObject({
  /** Steps done at its end: 1 after the first. */
  step: z.int().min(1),
  /** The sum of the two below. */
  loss: z.number(),
  maskedLoss: z.number(),
  nextSentenceLoss: z.number(),
  /** Of its last step. */
  learningRate: z.number(),
  tokensPerSecond: z.number(),
});

export type LossPoint = z.infer<typeof lossPointSchema>;
