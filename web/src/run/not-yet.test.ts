import { expect, test } from "vitest";
import { notYet } from "./not-yet";

test("a run that is over promises nothing", () => {
  const promise = "Shown once the first candidates are scored.";
  for (const status of ["QUEUED", "RUNNING", "PAUSED"] as const) {
    expect(notYet(status, promise)).toBe(promise);
  }
  expect(notYet("CANCELLED", promise)).toMatch(/was cancelled/);
  expect(notYet("FAILED", promise)).toMatch(/failed/);
  expect(notYet("DONE", promise)).toMatch(/ended/);
});
