import { taskCatalog } from "@opnas/core";
import type { CandidateResult, Evaluation } from "@opnas/prisma";
import { expect, test } from "vitest";
import { compareReproduction } from "./compare.js";

const { name, title, kind, metric } = taskCatalog.mlm;
const result: CandidateResult = {
  score: 51.1,
  stability: "STABLE",
  heldOutLoss: 5.5,
  heldOutAccuracy: 0.125,
  stepSeconds: 0.25,
  stepRatio: 1.5,
  tokenUniformity: [0.1 + 0.2, 0.5],
  taskScores: [{ task: name, title, kind, metric, score: 51.1, majority: 0, ngram: 20 }],
  timings: { trainSeconds: 1, fineTuneSeconds: 2, scoreSeconds: 3 },
};
const evaluation: Evaluation = {
  ...result,
  id: "e",
  runId: "r",
  architectureId: "a",
  engine: "wasm",
  attempt: 1,
  workerId: null,
  createdAt: new Date(0),
};
const engine = "wasm 4.22.0 on a processor";

test("values that are equal to the last bit are equal, however long they took", () => {
  const timings = { trainSeconds: 9, fineTuneSeconds: 9, scoreSeconds: 9 };
  const again = { ...result, stepSeconds: null, timings };
  const comparison = compareReproduction(evaluation, { result: again, engine }, [engine]);
  expect(comparison).toEqual({ isEqual: true, score: 51.1, differences: [], causes: [] });
});

test("each value that differs is named, down to the last bit and to a task's score", () => {
  const [task] = result.taskScores;
  const again = {
    ...result,
    score: 0,
    stability: "DIVERGED",
    heldOutLoss: null,
    tokenUniformity: [0.3, 0.5, 0.5],
    taskScores: [{ ...task, score: 51.2 }],
  };
  const other = "tensorflow 4.22.0 on a processor";
  const { isEqual, differences, causes } = compareReproduction(
    evaluation,
    { result: again, engine: other },
    [engine],
  );
  expect(isEqual).toBe(false);
  expect(differences).toEqual([
    { name: "score", stored: "51.1", again: "0" },
    { name: "stability", stored: '"STABLE"', again: '"DIVERGED"' },
    { name: "heldOutLoss", stored: "5.5", again: "null" },
    { name: "tokenUniformity.0", stored: "0.30000000000000004", again: "0.3" },
    { name: "taskScores.mlm.score", stored: "51.1", again: "51.2" },
    { name: "tokenUniformity.2", stored: "null", again: "0.5" },
  ]);
  expect(causes).toEqual([
    `The run's results were made by ${engine}, this one by ${other}: engines and types of processors round differently.`,
  ]);
});

test("what may have caused a difference depends on the engines that are known", () => {
  const again = { result: { ...result, score: 1 }, engine };
  const causeOf = (engines: string[]) => compareReproduction(evaluation, again, engines).causes[0];
  expect(causeOf([engine])).toContain("another version of OP-NAS");
  expect(causeOf([engine, "other"])).toContain("Several engines worked for the run");
  expect(causeOf([])).toContain("an engine that was not recorded");
});
