import { expect, test } from "vitest";
import { ownText } from "./own-text";

test.each([
  [{ text: { folder: "news", vocabulary: null } }, "own text news"],
  [{ text: { folder: "news", vocabulary: "vocab.txt" } }, "own text news, vocabulary vocab.txt"],
  [{ text: { folder: null, vocabulary: null } }, null],
  [{}, null],
])("settings %j are described as %j", (settings, words) => {
  expect(ownText(settings)).toBe(words);
});
