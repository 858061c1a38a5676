import { expect, test } from "vitest";
import { isMended } from "./use-field-errors";

test("a field's error goes when the field is edited, or one that the sentence names", () => {
  const [path, message] = ["settings.parents", "Parents must not exceed population."];
  expect(isMended("settings.parents", path, message)).toBe(true);
  expect(isMended("settings.population", path, message)).toBe(true);
  expect(isMended("settings.generations", path, message)).toBe(false);
  expect(isMended("settings", path, message)).toBe(true);
});
