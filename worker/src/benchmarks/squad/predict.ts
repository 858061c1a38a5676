import type { SpanScores } from "./spanModel.js";
import { richestWindows, type EncodedQuestion, type Window } from "./windows.js";

/** The best span of a question's passage, and the probability that there is no answer. */
export interface Prediction {
  id: string;
  /** The span as it stands in the passage; "" only if the passage has no words. */
  text: string;
  /** The sigmoid (0–1) of the score of no answer ([CLS]) minus that of the best span. */
  noAnswer: number;
}

/** Finds each question's best span from its windows' scores, one window after another. */
export class SpanSearch {
  private readonly best = new Map<EncodedQuestion, { span?: Span; none: number }>();
  private readonly richest = new Map<Window, Window[]>();

  /**
   * @param windows the windows of each question
   * @param answerLength the most pieces of an answer
   */
  constructor(
    windows: readonly (readonly Window[])[],
    private readonly answerLength: number,
  ) {
    for (const own of windows) {
      const richest = richestWindows(own);
      for (const window of own) this.richest.set(window, richest);
    }
  }

  /**
   * Adds a window's scores. A span's score is the sum of the logits of its begin and its end; the
   * score of no answer is that of [CLS].
   */
  see(window: Window, scores: SpanScores): void {
    const known = this.best.get(window.of) ?? { none: Infinity };
    const span = this.bestOf(window, scores);
    if (span && !(known.span && known.span.score >= span.score)) known.span = span;
    // No answer must be likely in every window.
    known.none = Math.min(known.none, sum(scores.begin[0], scores.end[0]));
    this.best.set(window.of, known);
  }

  /** Returns the prediction of every question whose windows were seen. */
  predictions(): Prediction[] {
    return [...this.best].map(([{ question, passage }, { span, none }]) => {
      const { id, context } = question;
      if (!span) return { id, text: "", noAnswer: 1 };
      const text = context.slice(passage.starts[span.first], passage.ends[span.last]);
      return { id, text, noAnswer: 1 / (1 + Math.exp(span.score - none)) };
    });
  }

  /** Finds the best of the spans that begin where this window has most context. */
  private bestOf(window: Window, { begin, end }: SpanScores): Span | undefined {
    const { first, end: stop, offset } = window;
    const richest = this.richest.get(window) ?? [];
    let best: Span | undefined;
    for (let from = first; from < stop; from++) {
      if (richest[from] !== window) continue;
      for (let to = from; to < Math.min(stop, from + this.answerLength); to++) {
        const score = sum(begin[from - first + offset], end[to - first + offset]);
        if (!best || score > best.score) best = { first: from, last: to, score };
      }
    }
    return best;
  }
}

/** A span of a passage: its first and last piece, and its score. */
interface Span {
  first: number;
  last: number;
  score: number;
}

const sum = (a = NaN, b = NaN) => a + b;
