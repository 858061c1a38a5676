import { beforeAll, describe, expect, test } from "vitest";

import { cleanText, readSpeeches, splitDocuments, type Document } from "./corpus.js";
import { splitSentences, splitWords } from "./words.js";

let speeches: Document[];
beforeAll(async () => {
  speeches = await readSpeeches();
});

describe("splitDocuments", () => {
  test("puts each of the 233 speeches into exactly one part", () => {
    const { pretrain, taskTrain, test } = splitDocuments(speeches);
    expect([pretrain.length, taskTrain.length, test.length]).toEqual([160, 47, 26]);
    const names = [...pretrain, ...taskTrain, ...test].map(({ name }) => name);
    expect(names.sort()).toEqual(speeches.map(({ name }) => name));
  });

  test("covers every period in the test part", () => {
    const years = splitDocuments(speeches).test.map(({ name }) => Number(name.slice(0, 4)));
    const gaps = years.slice(1).map((year, index) => year - (years[index] ?? 0));
    expect(Math.max(...gaps)).toBeLessThan(20);
  });

  test("is the same every time", () => {
    expect(splitDocuments(speeches)).toEqual(splitDocuments(speeches));
  });
});

describe("text", () => {
  test("is cleaned of editors' insertions and of variants of quotes and dashes", () => {
    expect(cleanText("That’s it -- [Laughter]  “yes”.")).toBe(`That's it — "yes".`);
  });

  test("is cut into sentences, not at titles or initials", () => {
    const text =
      'Mr. Speaker, I thank you. In the U.S. Senate J. Q. Adams said: "No." Why? He did not say.';
    expect(splitSentences(text)).toEqual([
      "Mr. Speaker, I thank you.",
      'In the U.S. Senate J. Q. Adams said: "No."',
      "Why?",
      "He did not say.",
    ]);
  });

  test.each([
    ["Russian", "Он пришёл. Она ушла! «Да».", ["Он пришёл.", "Она ушла!", "«Да»."]],
    ["German", "Es kam. Über Nacht. 3 Tage.", ["Es kam.", "Über Nacht.", "3 Tage."]],
    ["Japanese", "雨が降る。「はい。」風も吹く！", ["雨が降る。", "「はい。」", "風も吹く！"]],
    ["Chinese", "他来了。 她走了？是", ["他来了。", "她走了？", "是"]],
    ["Hindi", "वह आया। वह गई।", ["वह आया।", "वह गई।"]],
    ["Arabic", "هل جاء؟ نعم.", ["هل جاء؟", "نعم."]],
    ["Spanish", "Vino. ¿Quién? ¡Él!", ["Vino.", "¿Quién?", "¡Él!"]],
  ])("is cut into sentences where it is %s", (_, text, sentences) => {
    expect(splitSentences(text)).toEqual(sentences);
  });

  test("has each Chinese sign as a word, as BERT, and whole words of other scripts", () => {
    expect(splitWords("東京Tower、2東")).toEqual(["東", "京", "tower", "、", "2", "東"]);
    expect(splitWords("Москва́, हिन्दी किताब")).toEqual(["москва", ",", "हिनदी", "किताब"]);
  });

  test("is cut into lower-cased words without accents, and single punctuation marks", () => {
    expect(splitWords("Café, 1,000 men's")).toEqual("cafe , 1 , 000 men ' s".split(" "));
  });
});
