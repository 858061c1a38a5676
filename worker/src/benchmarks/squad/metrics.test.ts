import { describe, expect, test } from "vitest";
import { evaluateV1, evaluateV2 } from "./metrics.js";

// Answers of our own, made to meet every rule. Expected values: what the official scripts
// evaluate-v1.1.py and evaluate-v2.0.py printed for the same golds, predictions and probabilities,
// the latter with -n and in the second case with -t 0.4.
const cases: [id: string, answers: string[], predicted: string, noAnswer: number][] = [
  ["case, punctuation", ["the old lantern", "old lantern"], "Old lantern!", 0.1],
  ["a part", ["in 1907"], "1907", 0.3],
  ["apostrophe", ["Crow's nest"], "crows nest", 0.05],
  ["only an article", ["the"], "a", 0.2],
  ["repeated words", ["blue blue kettle"], "blue kettle kettle", 0.45],
  ["accents", ["\u00cele-\u00e0-la-crosse"], "ile a la crosse", 0.6],
  ["no ASCII punctuation", ["na\u00efve a\u2013b"], "na\u00efve \u2013b", 0.15],
  ["hard space", ["two\u00a0otters"], "two otters", 0.7],
  ["no article after an accent", ["\u00e9a the"], "\u00e9a", 0.35],
  ["wrong", ["a violin", "the cello"], "an anchor", 0.9],
  ["separator", ["one\u001ftwo"], "one two", 0.25],
];
const impossible: typeof cases = [
  ["surely none", [], "", 0.95],
  ["probably none", [], "a toad", 0.8],
  ["wrongly sure", [], "the heron", 0.12],
  ["an article", [], "the", 0.5],
  ["none, but unsure", [], "", 0.02],
];

const golds = (rows: typeof cases) => rows.map(([id, answers]) => ({ id, answers }));
const predictions = (rows: typeof cases) =>
  Object.fromEntries(rows.map(([id, , predicted]) => [id, predicted]));

describe("the metrics of SQuAD", () => {
  test("equal those of the official script of v1.1, also with a question without prediction", () => {
    const all = [...golds(cases), { id: "no prediction", answers: ["something"] }];
    const { exact_match, f1 } = evaluateV1(all, predictions(cases));
    expect(exact_match).toBeCloseTo(58.333333333333336, 10);
    expect(f1).toBeCloseTo(61.11111111111111, 10);
  });

  const rows = [...cases, ...impossible];
  const noAnswer = Object.fromEntries(rows.map(([id, , , probability]) => [id, probability]));
  const best = {
    best_exact: 62.5,
    best_exact_thresh: 0.35,
    best_f1: 70.83333333333333,
    best_f1_thresh: 0.45,
  };
  const expected = [
    {
      threshold: 1,
      printed: {
        exact: 62.5,
        f1: 70.83333333333333,
        total: 16,
        HasAns_exact: 63.63636363636363,
        HasAns_f1: 75.75757575757575,
        HasAns_total: 11,
        NoAns_exact: 60,
        NoAns_f1: 60,
        NoAns_total: 5,
        ...best,
      },
    },
    {
      threshold: 0.4,
      printed: {
        exact: 62.5,
        f1: 66.66666666666666,
        total: 16,
        HasAns_exact: 54.54545454545455,
        HasAns_f1: 60.6060606060606,
        HasAns_total: 11,
        NoAns_exact: 80,
        NoAns_f1: 80,
        NoAns_total: 5,
        ...best,
      },
    },
  ];
  test.each(expected)(
    "equal those of the official script of v2.0 at a threshold of $threshold",
    (expected) => {
      const { threshold, printed } = expected;
      const found = evaluateV2(golds(rows), predictions(rows), noAnswer, threshold);
      expect(Object.keys(found)).toEqual(Object.keys(printed));
      for (const [name, value] of Object.entries(printed)) {
        expect(found[name as keyof typeof printed], name).toBeCloseTo(value, 10);
      }
    },
  );

  test("have no entries for kinds of questions that are missing", () => {
    const answerable = evaluateV2(golds(cases), predictions(cases), noAnswer);
    expect(Object.keys(answerable).filter((name) => name.startsWith("NoAns"))).toEqual([]);
  });
});
