import type { SquadQuestion, SquadVersion } from "./read.js";
import type { Prediction } from "./predict.js";

/** Predicted answers by the question's id; "" stands for no answer. */
export type Predictions = Readonly<Record<string, string>>;

/** Predicted probabilities (0–1) that a question has no answer, by the question's id. */
export type NoAnswerProbabilities = Readonly<Record<string, number>>;

type Gold = Pick<SquadQuestion, "id" | "answers">;

/** ASCII punctuation, Python's `string.punctuation`. */
const punctuation = /[!-/:-@[-`{-~]/g;
/** English articles as whole words, with word boundaries like Python's \b. */
const articles = /(?<![\p{L}\p{N}_])(?:a|an|the)(?![\p{L}\p{N}_])/gu;
/** The white space that Python's `split` splits at. */
const space = new RegExp(String.raw`[\p{White_Space}\x1c-\x1f]+`, "u");

/**
 * Splits an answer into lower-case words without punctuation and articles, as the official scripts
 * do.
 */
function wordsOf(answer: string): string[] {
  const plain = answer.toLowerCase().replace(punctuation, "").replace(articles, " ");
  return plain.split(space).filter((word) => word !== "");
}

const isExact = (gold: string, answer: string) =>
  wordsOf(gold).join(" ") === wordsOf(answer).join(" ") ? 1 : 0;

/**
 * Computes F1, 0–1: the harmonic mean of the shares of each answer's words that the other has too.
 */
function overlap(gold: readonly string[], answer: readonly string[]): number {
  const left = [...gold];
  const common = answer.filter((word) => {
    const at = left.indexOf(word);
    if (at >= 0) left.splice(at, 1);
    return at >= 0;
  }).length;
  if (common === 0) return 0;
  const [precision, recall] = [common / answer.length, common / gold.length];
  return (2 * precision * recall) / (precision + recall);
}

/** Computes v2.0's F1, 0–1: if either answer has no words, 1 if both have none, else 0. */
function f1WithNone(gold: string, answer: string): number {
  const [a, b] = [wordsOf(gold), wordsOf(answer)];
  return a.length === 0 || b.length === 0 ? Number(a.length === b.length) : overlap(a, b);
}

/**
 * Computes exact match and F1, 0–100, as evaluate-v1.1.py: the best over the gold answers; no
 * prediction scores 0.
 */
export function evaluateV1(golds: readonly Gold[], predictions: Predictions) {
  const mean = (score: (gold: string, answer: string) => number) =>
    percent(
      golds.map(({ id, answers }) => {
        const answer = predictions[id];
        return answer === undefined ? 0 : bestOf(answers, (gold) => score(gold, answer));
      }),
    );
  return {
    exact_match: mean(isExact),
    f1: mean((gold, answer) => overlap(wordsOf(gold), wordsOf(answer))),
  };
}

/** The output of evaluate-v2.0.py under its names; 0–100, except for counts and thresholds. */
export type V2Evaluation = Record<
  "exact" | "f1" | "total" | "best_exact" | "best_exact_thresh" | "best_f1" | "best_f1_thresh",
  number
> &
  Partial<Record<`${"HasAns" | "NoAns"}_${"exact" | "f1" | "total"}`, number>>;

/** A question of v2.0 with the scores of its prediction and the probability of no answer. */
interface Row {
  hasAnswer: boolean;
  answered: boolean;
  probability: number;
  exact: number;
  f1: number;
}

/**
 * Computes the metrics of evaluate-v2.0.py with a file of no-answer probabilities: a question whose
 * probability is above `threshold` counts as predicted to have no answer. There must be a
 * prediction and a probability for every question.
 */
export function evaluateV2(
  golds: readonly Gold[],
  predictions: Predictions,
  noAnswer: NoAnswerProbabilities,
  threshold = 1,
): V2Evaluation {
  const rows = golds.map(({ id, answers }): Row => {
    const named = answers.filter((gold) => wordsOf(gold).length > 0);
    const [golds, answer] = [named.length > 0 ? named : [""], predictions[id] ?? ""];
    return {
      hasAnswer: answers.length > 0,
      answered: answer !== "",
      probability: noAnswer[id] ?? 0,
      exact: bestOf(golds, (gold) => isExact(gold, answer)),
      f1: bestOf(golds, (gold) => f1WithNone(gold, answer)),
    };
  });
  const over = (some: readonly Row[]) => ({
    exact: percent(some.map((row) => thresholded(row, row.exact, threshold))),
    f1: percent(some.map((row) => thresholded(row, row.f1, threshold))),
    total: some.length,
  });
  const [answerable, others] = [true, false].map((has) =>
    rows.filter(({ hasAnswer }) => hasAnswer === has),
  );
  const [hasAns, noAns] = [over(answerable ?? []), over(others ?? [])];
  const [exact, f1] = [bestThreshold(rows, "exact"), bestThreshold(rows, "f1")];
  return {
    ...over(rows),
    ...(hasAns.total > 0 && {
      HasAns_exact: hasAns.exact,
      HasAns_f1: hasAns.f1,
      HasAns_total: hasAns.total,
    }),
    ...(noAns.total > 0 && {
      NoAns_exact: noAns.exact,
      NoAns_f1: noAns.f1,
      NoAns_total: noAns.total,
    }),
    best_exact: exact.score,
    best_exact_thresh: exact.threshold,
    best_f1: f1.score,
    best_f1_thresh: f1.threshold,
  };
}

function thresholded({ probability, hasAnswer }: Row, score: number, threshold: number): number {
  return probability > threshold ? Number(!hasAnswer) : score;
}

/**
 * Finds the threshold on the no-answer probability with the best score, and that score: starting
 * from no question answered, they are answered one by one in the order of their probabilities.
 */
function bestThreshold(rows: readonly Row[], metric: "exact" | "f1") {
  let current = rows.filter(({ hasAnswer }) => !hasAnswer).length;
  let best = { score: current, threshold: 0 };
  for (const row of rows.toSorted((a, b) => a.probability - b.probability)) {
    if (row.hasAnswer) current += row[metric];
    else if (row.answered) current--;
    if (current > best.score) best = { score: current, threshold: row.probability };
  }
  return { ...best, score: (100 * best.score) / rows.length };
}

const bestOf = (golds: readonly string[], score: (gold: string) => number) =>
  Math.max(...golds.map(score));

const percent = (scores: readonly number[]) =>
  (100 * scores.reduce((sum, score) => sum + score, 0)) / scores.length;

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
