import { expect, test } from "vitest";
import { oncePerMinute } from "./oncePerMinute.js";

test("each sentence is told at most once a minute", () => {
  const told: unknown[] = [];
  let now = 0;
  const tell = oncePerMinute(
    (error) => told.push(error),
    () => now,
  );
  for (const sentence of ["away", "away", "full", "away"]) tell(new Error(sentence));
  now = 59_999;
  tell(new Error("full"));
  now = 60_000;
  tell(new Error("away"));
  expect(told).toEqual([new Error("away"), new Error("full"), new Error("away")]);
});
