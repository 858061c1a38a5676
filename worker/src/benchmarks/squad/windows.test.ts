import { describe, expect, test } from "vitest";
import { splitWords } from "../../text/words.js";
import { idsOf, WordEncoder } from "../../text/tokenizer.js";
import { specialTokens } from "../../text/vocabulary.js";
import { encodeRow } from "../encode.js";
import {
  encodePassage,
  encodeQuestions,
  richestWindows,
  rowOfWindow,
  windowsOf,
} from "./windows.js";
import { SpanSearch } from "./predict.js";

const letters = "abcdefghijklmnopqrstuvwxyz0123456789.,-='?".split("");
const vocabulary = [
  ...specialTokens,
  ...letters,
  ...letters.map((letter) => `##${letter}`),
  "one",
  "##ter",
];
const encoder = new WordEncoder(vocabulary);
const id = (token: string) => vocabulary.indexOf(token);

describe("rows of texts", () => {
  test("are [CLS] a [SEP] b [SEP]", () => {
    expect(encodeRow(encoder, ["One b", "c"], 20)).toEqual(
      ["[CLS]", "one", "b", "[SEP]", "c", "[SEP]"].map(id),
    );
  });

  test("are cut at the end of the longer text", () => {
    const row = (length: number) => encodeRow(encoder, ["a b c d e f", "x y z"], length);
    const tokens = (text: string) => text.split(" ").map(id);
    expect(row(10)).toEqual(tokens("[CLS] a b c d [SEP] x y z [SEP]"));
    expect(row(8)).toEqual(tokens("[CLS] a b c [SEP] x y [SEP]"));
    expect(row(7)).toEqual(tokens("[CLS] a b [SEP] x y [SEP]"));
    expect(encodeRow(encoder, ["a b c d"], 5)).toEqual(tokens("[CLS] a b c [SEP]"));
  });
});

describe("a passage", () => {
  const texts = [
    "Otter, one-two. It's 1907!",
    "Caf\u00e9 cafe\u0301 na\u00efve \u00cele",
    "a \u2260 b, a =\u0338 b",
    " \u0301x \t\u00a0 y\n",
    "\u212b and \u{1F9A6}",
    "",
  ];
  test.each(texts)("has the pieces of the text %j, each at its word", (text) => {
    const { pieces, starts, ends } = encodePassage(encoder, text);
    expect(pieces).toEqual(idsOf(splitWords(text).map((word) => encoder.word(word))));
    const words = starts.map((start, piece) => text.slice(start, ends[piece]));
    const distinct = words.filter((_, piece) => starts[piece] !== starts[piece - 1]);
    expect(distinct.flatMap(splitWords)).toEqual(splitWords(text));
  });

  test("has BERT's words for an imported model: a sign stays with its number", () => {
    const text = "One (\u20ac5), a.";
    const wordsOf = (cased: WordEncoder) => {
      return [...cased.placedWords(text)].map(({ start, end }) => text.slice(start, end));
    };
    expect(wordsOf(encoder)).toEqual(["One", "(", "\u20ac", "5", ")", ",", "a", "."]);
    const bert = new WordEncoder(vocabulary, "bert-cased");
    expect(wordsOf(bert)).toEqual(["One", "(", "\u20ac5", ")", ",", "a", "."]);
    expect(bert.word("one").ids).toEqual([id("one")]);
    expect(bert.word("One").ids).toEqual([id("[UNK]")]);
  });
});

const context = "a b c d e f g otter i j k";
const question = {
  id: "q",
  text: "q r?",
  context,
  answers: ["otter"],
  span: { start: context.indexOf("otter"), end: context.indexOf("otter") + "otter".length },
};
const shape = { length: 12, questionLength: 2, stride: 3 };

function encoded() {
  const [only] = encodeQuestions(encoder, [question], shape.questionLength);
  if (!only) throw new Error("There is a question.");
  return only;
}

describe("windows of a passage", () => {
  // "otter" is o ##t ##ter, so the passage has 13 pieces; beside a question of 2 a row holds 7.
  const windows = windowsOf(encoded(), shape);

  test("begin a stride apart and reach the end", () => {
    expect(windows.map(({ first, end }) => [first, end])).toEqual([
      [0, 7],
      [3, 10],
      [6, 13],
    ]);
    expect(windows.map(rowOfWindow)[1]).toEqual(
      "[CLS] q r [SEP] d e f g o ##t ##ter [SEP]".split(" ").map(id),
    );
  });

  test("mark the answer if they hold all of it, else the [CLS]", () => {
    expect(windows.map(({ answer }) => answer)).toEqual([
      { first: 0, last: 0 },
      { first: 8, last: 10 },
      { first: 5, last: 7 },
    ]);
  });

  test("leave out no piece at any stride, and are one for an empty passage", () => {
    const far = windowsOf(encoded(), { ...shape, stride: 100 });
    expect(far.map(({ first, end }) => [first, end])).toEqual([
      [0, 7],
      [7, 13],
    ]);
    const empty = { ...encoded(), passage: encodePassage(encoder, "") };
    expect(windowsOf(empty, shape)).toHaveLength(1);
  });

  test("have most context for the pieces in their middle", () => {
    const richest = richestWindows(windows).map((window) => windows.indexOf(window));
    expect(richest).toEqual([0, 0, 0, 0, 0, 1, 1, 1, 2, 2, 2, 2, 2]);
  });
});

describe("the best span", () => {
  const windows = windowsOf(encoded(), shape);
  /** Logits that are 0 but where they are given. */
  const scores = (begin: Record<number, number>, end: Record<number, number>) => {
    const of = (values: Record<number, number>) =>
      Float32Array.from({ length: shape.length }, (_, at) => values[at] ?? 0);
    return { begin: of(begin), end: of(end) };
  };
  const search = (answerLength: number, ...seen: ReturnType<typeof scores>[]) => {
    const search = new SpanSearch([windows], answerLength);
    for (const [at, window] of windows.entries()) search.see(window, seen[at] ?? scores({}, {}));
    return search.predictions();
  };

  test("is made of whole words, and its no-answer probability follows from both scores", () => {
    const [found] = search(30, scores({}, {}), scores({ 0: 1, 8: 2 }, { 9: 3 }), scores({}, {}));
    // The second window has most context for piece 7, the o of "otter", at its place 8.
    expect(found).toMatchObject({ id: "q", text: "otter" });
    // The least score of no answer over the windows is 0, the span's is 5.
    expect(found?.noAnswer).toBeCloseTo(1 / (1 + Math.exp(5)), 10);
  });

  test("ends after it begins, within the question's passage and the greatest length", () => {
    const tempting = scores({ 1: 9, 2: 9, 5: 2 }, { 1: 9, 4: 9, 8: 4, 6: 3 });
    // The question (places 1 and 2) is out; from 5 to 8 are four pieces.
    expect(search(4, tempting)[0]?.text).toBe("a");
    const later = scores({ 5: 2 }, { 4: 9, 6: 3, 8: 4 });
    expect(search(4, later)[0]?.text).toBe("a");
    const inOrder = scores({ 5: 12 }, { 4: 9, 6: 3, 8: 4 });
    expect(search(4, inOrder)[0]?.text).toBe("b c d e");
    expect(search(3, inOrder)[0]?.text).toBe("b c");
  });

  test("begins where its window has most context", () => {
    // Place 10 of the first window is piece 6, "g", which the second reads better, at place 7.
    const twice = [scores({ 10: 5 }, {}), scores({ 7: 1 }, { 7: 1 })];
    const [found] = search(30, ...twice);
    expect(found?.text).toBe("g");
    expect(found?.noAnswer).toBeCloseTo(1 / (1 + Math.exp(2)), 10);
  });
});
