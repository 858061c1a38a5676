import { describe, expect, test } from "vitest";
import { parseSquad } from "./read.js";

const context = "Ella \u{1F9A6} saw the otter. The otter swam.";
const sound = (id: string) => ({
  id,
  question: "Who swam?",
  answers: [{ text: "The otter", answer_start: 22 }],
});
const file = (qas: unknown[]) =>
  JSON.stringify({ version: "1.1", data: [{ title: "t", paragraphs: [{ context, qas }] }] });
const four = ["a", "b", "c", "d"].map(sound);

describe("a SQuAD file", () => {
  test("gives questions with the places of their answers, counted in code points", () => {
    const { questions, report } = parseSquad(file(four), "f.json", "1.1", "train");
    expect(report).toEqual({ file: "f.json", rows: 4, sound: 4, malformed: [] });
    const [{ span } = {}] = questions;
    expect(context.slice(span?.start, span?.end)).toBe("The otter");
  });

  const misplaced = { ...sound("m"), answers: [{ text: "The otter", answer_start: 23 }] };
  test("gives a question whose answer is misplaced for scoring, but not for training", () => {
    const text = file([...four, misplaced]);
    const reason = "an answer that does not stand at its answer_start";
    const train = parseSquad(text, "f.json", "1.1", "train");
    expect(train.questions).toHaveLength(4);
    expect(train.report.malformed).toEqual([{ reason, count: 1, first: ["m"] }]);
    const dev = parseSquad(text, "f.json", "1.1", "dev");
    expect(dev.questions.at(-1)).toMatchObject({ id: "m", answers: ["The otter"] });
    expect(dev.report.malformed).toEqual([
      { reason: `${reason}: scored all the same`, count: 1, first: ["m"] },
    ]);
  });

  test("does not train on a question that is not UTF-8", () => {
    const broken = { ...sound("broken"), question: "What is a caf\uFFFD?" };
    const { questions, report } = parseSquad(file([...four, broken]), "f.json", "1.1", "train");
    expect(questions).toHaveLength(4);
    const reason = "a question or answer that is not UTF-8";
    expect(report.malformed).toEqual([{ reason, count: 1, first: ["broken"] }]);
  });

  const none = { ...sound("n"), answers: [] };
  test("has questions without answers only in v2.0", () => {
    const text = file([...four, none]);
    expect(parseSquad(text, "f.json", "2.0", "train").report.malformed).toEqual([]);
    for (const use of ["train", "dev"] as const) {
      const { questions, report } = parseSquad(text, "f.json", "1.1", use);
      expect(questions).toHaveLength(4);
      expect(report.malformed).toMatchObject([{ reason: "a question without answers" }]);
    }
  });

  const malformed: [string, unknown, string][] = [
    ["without question", { ...sound("x"), question: undefined }, "not of the form"],
    ["with a place that is no number", misplacedAt("4"), "not of the form"],
    ["with an id that came before", sound("a"), "an id that came before"],
    ["that is empty", { ...sound("e"), question: " " }, "an empty question"],
    ["that contradicts itself", { ...sound("i"), is_impossible: true }, "is_impossible denies"],
  ];
  test.each(malformed)("counts a question %s as malformed", (_, entry, reason) => {
    const { questions, report } = parseSquad(file([...four, entry]), "f.json", "2.0", "train");
    expect(questions).toHaveLength(4);
    expect(report).toMatchObject({ rows: 5, sound: 4 });
    expect(report.malformed[0]?.reason).toContain(reason);
  });

  const refused: [string, string, string][] = [
    ["that is no JSON", "{", "is not JSON"],
    ["of another form", '{"data":[{"paragraphs":[{"context":1}]}]}', "data.0.paragraphs.0.context"],
    ["mostly malformed", file([sound("a"), {}, {}]), "2 of its 3"],
    ["without questions", '{"data":[]}', "0 of its 0"],
  ];
  test.each(refused)("refuses a file %s", (_, text, sentence) => {
    const read = () => parseSquad(text, "f.json", "1.1", "dev");
    expect(read).toThrow(/^f\.json cannot be used/);
    expect(read).toThrow(sentence);
  });
});

function misplacedAt(place: unknown) {
  return { ...sound("y"), answers: [{ text: "The otter", answer_start: place }] };
}
