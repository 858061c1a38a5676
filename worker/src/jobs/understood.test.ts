import { trainerJobSchema } from "@opnas/prisma";
import { expect, test, vi } from "vitest";
import { understood } from "./understood.js";

const runId = "0199b1f0-0000-7000-8000-000000000001";

test("a job with fields of a newer program is worked on", async () => {
  const jobs: unknown[] = [];
  const handle = understood(trainerJobSchema, ({ data }) => {
    jobs.push(data);
    return Promise.resolve(undefined);
  });
  const data = { kind: "superNet", runId, priority: "high" };
  expect(await handle({ id: "1", data })).toBeUndefined();
  expect(jobs).toEqual([{ kind: "superNet", runId }]);
});

test("a job of a newer version or kind is given back, and the log says so once", async () => {
  const told = vi.spyOn(console, "error").mockImplementation(() => undefined);
  const handle = understood(trainerJobSchema, () => Promise.reject(new Error("not reached")));
  for (const data of [
    { kind: "superNet", runId, version: 2 },
    { kind: "benchmark", runId },
  ]) {
    expect(await handle({ id: "1", data })).toEqual({ againInSeconds: 30 });
  }
  expect(told).toHaveBeenCalledOnce();
});
