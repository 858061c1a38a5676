import { evaluateV1, evaluateV2, type NoAnswerProbabilities, type Predictions } from "./metrics.js";
import type { Prediction } from "./predict.js";
import type { SquadQuestion, SquadVersion } from "./read.js";

/** Predictions in the official form, and what the official script says of them. */
export interface Evaluation {
  /** F1. */
  score: number;
  /** Under the script's names. */
  metrics: Record<string, number>;
  /** v2.0: above this probability of no answer the prediction is none. */
  noAnswerThreshold: number | null;
  predictions: Predictions;
  noAnswer: NoAnswerProbabilities;
}

/**
 * Scores predictions for a dev set. In v2.0, what is less sure than the threshold with the best F1 on
 * that set becomes no answer, as BERT's results are made; the metrics are of what is then predicted.
 */
export function evaluateSquad(
  version: SquadVersion,
  questions: readonly SquadQuestion[],
  found: readonly Prediction[],
): Evaluation {
  const textsAbove = (threshold: number) =>
    Object.fromEntries(
      found.map(({ id, text, noAnswer }) => [id, noAnswer > threshold ? "" : text]),
    );
  const noAnswer = Object.fromEntries(found.map(({ id, noAnswer }) => [id, noAnswer]));
  const spans = textsAbove(1);
  if (version === "1.1") {
    const metrics = evaluateV1(questions, spans);
    return { score: metrics.f1, metrics, noAnswerThreshold: null, predictions: spans, noAnswer };
  }
  const threshold = evaluateV2(questions, spans, noAnswer).best_f1_thresh;
  const predictions = textsAbove(threshold);
  const metrics = evaluateV2(questions, predictions, noAnswer);
  return { score: metrics.f1, metrics, noAnswerThreshold: threshold, predictions, noAnswer };
}
