import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ProgressReporter } from "./progress.js";

beforeEach(() => void vi.useFakeTimers({ toFake: ["performance"] }));
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

/** Progress by which steps are told apart; merged, a later one holds all steps. */
const merge = (earlier: number[], later: number[]) => [...earlier, ...later];

test("reports at most once in the interval and merges what comes meanwhile", async () => {
  const reports: number[][] = [];
  const reporter = new ProgressReporter<number[]>((steps) => void reports.push(steps), 500, merge);
  reporter.add([1]);
  await reporter.idle();
  reporter.add([2]);
  reporter.add([3]);
  vi.advanceTimersByTime(500);
  reporter.add([4]);
  await reporter.idle();
  expect(reports).toEqual([[1], [2, 3, 4]]);
});

test("reports an urgent progress at once, or right after the report under way", async () => {
  const reports: number[] = [];
  const gate: (() => void)[] = [];
  const reporter = new ProgressReporter<number>((step) => {
    reports.push(step);
    return new Promise((resolve) => gate.push(resolve));
  }, 500);
  reporter.add(1);
  reporter.add(2, true);
  expect(reports).toEqual([1]);
  gate[0]?.();
  await vi.waitFor(() => expect(reports).toEqual([1, 2]));
});

test("reports again what could not be reported, and fails only when it is flushed", async () => {
  vi.spyOn(console, "error").mockImplementation(() => undefined);
  const reports: number[][] = [];
  let isDown = true;
  const report = (steps: number[]) => {
    if (isDown) throw new Error("no database");
    reports.push(steps);
  };
  const reporter = new ProgressReporter<number[]>(report, 500, merge);
  reporter.add([1]);
  await reporter.idle();
  reporter.add([2]);
  await expect(reporter.flush()).rejects.toThrow("no database");
  isDown = false;
  await reporter.flush();
  expect(reports).toEqual([[1, 2]]);
});
