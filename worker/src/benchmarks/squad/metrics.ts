import type { SquadQuestion } from "./read.js";

/** Answers by question; "" says that there is none. */
export type Predictions = Readonly<Record<string, string>>;

/** How sure a model is, 0–1, that a question has no answer. */
export type NoAnswerProbabilities = Readonly<Record<string, number>>;

type Gold = Pick<SquadQuestion, "id" | "answers">;

/** ASCII punctuation, Python's `string.punctuation`. */
const punctuation = /[!-/:-@[-`{-~]/g;
/** Words of any script bound a word, as Python's \b has it. */
const articles = /(?<![\p{L}\p{N}_])(?:a|an|the)(?![\p{L}\p{N}_])/gu;
/** What Python's `split` splits at. */
const space = new RegExp(String.raw`[\p{White_Space}\x1c-\x1f]+`, "u");

/** An answer's words in lower case without punctuation and articles, as the official scripts do. */
function wordsOf(answer: string): string[] {
  const plain = answer.toLowerCase().replace(punctuation, "").replace(articles, " ");
  return plain.split(space).filter((word) => word !== "");
}

const isExact = (gold: string, answer: string) =>
  wordsOf(gold).join(" ") === wordsOf(answer).join(" ") ? 1 : 0;

/** Harmonic mean of the shares of each answer's words that the other has too. */
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

/** v2.0's F1: where either side has no words, whether both have none. */
function f1WithNone(gold: string, answer: string): number {
  const [a, b] = [wordsOf(gold), wordsOf(answer)];
  return a.length === 0 || b.length === 0 ? Number(a.length === b.length) : overlap(a, b);
}

/** EM and F1, 0–100, as evaluate-v1.1.py: the best over the gold answers; no prediction scores 0. */
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

/** What evaluate-v2.0.py prints, under its names; 0–100, but for counts and thresholds. */
export type V2Evaluation = Record<
  "exact" | "f1" | "total" | "best_exact" | "best_exact_thresh" | "best_f1" | "best_f1_thresh",
  number
> &
  Partial<Record<`${"HasAns" | "NoAns"}_${"exact" | "f1" | "total"}`, number>>;

/** A question of v2.0: its scores by its prediction, and how sure it is that there is no answer. */
interface Row {
  hasAnswer: boolean;
  answered: boolean;
  probability: number;
  exact: number;
  f1: number;
}

/**
 * The same as evaluate-v2.0.py with a file of no-answer probabilities: above `threshold` a question
 * counts as answered by none. There must be a prediction and a probability for every question.
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
 * The threshold on the no-answer probability that gives the best score, and that score: from all
 * questions unanswered, one after the other is answered, the surest first.
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
