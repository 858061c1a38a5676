import { expect, test } from "vitest";
import { readTaskScores } from "./candidateResult.js";
import { anyJobSchema } from "./jobs.js";
import { eventPayloads } from "./runEvents.js";

const id = "0199b1f0-0000-7000-8000-000000000001";

test("an event with fields of a newer version is read", () => {
  const known = { architectureId: id, generationId: id, score: 50, stability: "STABLE" };
  const newer = { ...known, device: "gpu 3" };
  expect(eventPayloads["candidate.evaluated"].parse(newer)).toEqual(known);
});

test("of stored task scores the known ones are read", () => {
  const known = {
    task: "swap",
    title: "Swap",
    kind: "zero-shot",
    metric: "accuracy",
    score: 60,
    majority: 50,
    ngram: 55,
  };
  const stored = [
    { ...known, error: 0.5 },
    { ...known, task: "a task of next year" },
  ];
  expect(readTaskScores(stored)).toEqual([known]);
});

test("a job without a version is of the first, and one of a later version is not read", () => {
  const job = { runId: id, generation: 2 };
  expect(anyJobSchema.parse(job)).toEqual(job);
  expect(anyJobSchema.parse({ ...job, version: 1, reason: "lost" })).toMatchObject(job);
  expect(anyJobSchema.safeParse({ ...job, version: 2 }).success).toBe(false);
});
