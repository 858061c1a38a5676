import { OpnasError } from "@opnas/core";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Rest } from "./rest.js";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const full = new OpnasError("DISK_FULL", "The disk is full: free some space.");

function restOf(resume: () => Promise<void> = () => Promise.resolve()) {
  vi.spyOn(console, "error").mockImplementation(() => undefined);
  const calls: string[] = [];
  const rest = new Rest(
    {
      pause: () => Promise.resolve(void calls.push("pause")),
      resume: () => {
        calls.push("resume");
        return resume();
      },
      onChange: () => void calls.push(String(rest.reason)),
    },
    { first: 10, most: 30 },
  );
  return { rest, calls };
}

test("a rest takes no jobs, says why, and ends by itself; faults meanwhile do not prolong it", async () => {
  const { rest, calls } = restOf();
  await rest.begin(full);
  await rest.begin(full);
  expect(calls).toEqual([full.message, "pause"]);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(calls.slice(2)).toEqual(["resume", "null"]);
});

test("rests in a row get longer up to a limit, and short again after a job was done", async () => {
  const { rest, calls } = restOf();
  const seconds: number[] = [];
  for (let time = 0; time < 4; time++) {
    if (time === 3) rest.gotOn();
    await rest.begin(full);
    const resumed = calls.filter((call) => call === "resume").length;
    for (let second = 1; calls.filter((call) => call === "resume").length === resumed; second++) {
      await vi.advanceTimersByTimeAsync(1_000);
      seconds[time] = second;
    }
  }
  expect(seconds).toEqual([10, 20, 30, 10]);
});

test("a worker that cannot take jobs again keeps its reason and tries later", async () => {
  let tries = 0;
  const { rest } = restOf(() => (++tries === 1 ? Promise.reject(full) : Promise.resolve()));
  await rest.begin(full);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(rest.reason).toBe(full.message);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(rest.reason).toBeNull();
});
