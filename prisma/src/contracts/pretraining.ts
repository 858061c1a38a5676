import { z } from "zod";

/**
 * One point of a pre-training's loss curve. Losses are in nats, each the mean over the steps since the
 * previous point.
 */
export const lossPointSchema = z.object({
  /** Number of steps done at this point: 1 after the first step. */
  step: z.int().min(1),
  /** Sum of the masked-LM loss and the next-sentence loss. */
  loss: z.number(),
  maskedLoss: z.number(),
  nextSentenceLoss: z.number(),
  /** Learning rate of the point's last step. */
  learningRate: z.number(),
  tokensPerSecond: z.number(),
});

/** One point of a pre-training's loss curve. */
export type LossPoint = z.infer<typeof lossPointSchema>;
