import { expect, test } from "vitest";
import { timeSplit } from "./timeSplit.js";

const timings = {
  superNetSeconds: 120.4,
  trainSeconds: 5.25,
  fineTuneSeconds: 60,
  scoreSeconds: 8,
  overheadSeconds: 0.062,
};

test("the time split names each part, and the platform's per scored candidate", () => {
  const candidates = [{ score: 50 }, { score: 60 }, { score: null }];
  expect(timeSplit(timings, candidates)).toBe(
    "Time: super-net 120 s, 2 candidates: train 5.3 s, fine-tune 60 s, score 8.0 s, platform 0.1 s (31 ms a candidate).",
  );
});
