import { expect, test } from "vitest";
import type { Course } from "../jobs/context.js";
import { WorkMeter } from "./workMeter.js";

test("jobs are summed by kind and end, also those of a newer program", () => {
  const meter = new WorkMeter();
  const times = { waitedSeconds: 0.5, workedSeconds: 2 };
  meter.count({ data: { kind: "evaluate", runId: "a" }, isDone: true, ...times });
  meter.count({ data: { kind: "evaluate", runId: "b" }, isDone: false, ...times });
  meter.count({ data: { runId: "a", generation: 3 }, isDone: true, ...times });
  meter.count({ data: { kind: "distil" }, isDone: true, ...times });
  const one = { done: 1, returned: 0, waitSeconds: 0.5, workSeconds: 2 };
  expect(meter.work).toEqual({
    kinds: {
      evaluate: { done: 1, returned: 1, waitSeconds: 1, workSeconds: 4 },
      evolve: one,
      other: one,
    },
    tokensPerSecond: 0,
  });
});

test("the speeds of the trainings under way are summed", () => {
  const meter = new WorkMeter();
  const [superNet, candidate]: Course[] = [{ step: 0 }, { step: 0 }];
  if (superNet === undefined || candidate === undefined) throw new Error("no courses");
  const end = meter.follow(superNet);
  meter.follow(candidate);
  superNet.tokensPerSecond = 900;
  expect(meter.work.tokensPerSecond).toBe(900);
  end();
  expect(meter.work.tokensPerSecond).toBe(0);
});
