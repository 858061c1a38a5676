import { evaluateV1, evaluateV2, type NoAnswerProbabilities, type Predictions } from "./metrics.js";
import type { Prediction } from "./predict.js";
import type { SquadQuestion, SquadVersion } from "./read.js";

/** Predictions in the official form, with the official script's metrics. */
export interface Evaluation {
  /** F1, 0–100. */
  score: number;
  /** The metrics under the script's names. */
  metrics: Record<string, number>;
  /** The probability of no answer above which nothing is predicted (v2.0); null in v1.1. */
  noAnswerThreshold: number | null;
  predictions: Predictions;
  noAnswer: NoAnswerProbabilities;
}

/**
 * Scores predictions for a dev set. In v2.0, a prediction becomes no answer if its probability of
 * no answer is above the threshold with the best F1 on that set, as for BERT; the metrics are those
 * of the resulting predictions.
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
