import { OpnasError } from "@opnas/core";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Rest } from "./rest.js";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const full = new OpnasError("DISK_FULL", "The disk is full: free some space.");

function restOf() {
  vi.spyOn(console, "error").mockImplementation(() => undefined);
  const calls: string[] = [];
  const rest = new Rest(
    {
      pause: () => void calls.push("pause"),
      resume: () => void calls.push("resume"),
      onChange: () => void calls.push(String(rest.reason)),
    },
    { first: 10, most: 30 },
  );
  return { rest, calls };
}

test("a rest takes no jobs, says why, and ends by itself; faults meanwhile do not prolong it", async () => {
  const { rest, calls } = restOf();
  rest.begin(full);
  rest.begin(full);
  expect(calls).toEqual([full.message, "pause"]);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(calls.slice(2)).toEqual(["null", "resume"]);
});

test("rests in a row get longer up to a limit, and short again after a job was done", async () => {
  const { rest, calls } = restOf();
  const seconds: number[] = [];
  for (let time = 0; time < 4; time++) {
    if (time === 3) rest.gotOn();
    rest.begin(full);
    const resumed = calls.filter((call) => call === "resume").length;
    for (let second = 1; calls.filter((call) => call === "resume").length === resumed; second++) {
      await vi.advanceTimersByTimeAsync(1_000);
      seconds[time] = second;
    }
  }
  expect(seconds).toEqual([10, 20, 30, 10]);
});
