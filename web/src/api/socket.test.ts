import { expect, test } from "vitest";
import { retryDelay } from "./socket";

test("the delay between retries doubles up to a limit", () => {
  const delays = [0, 1, 2, 3, 4, 50].map((attempt) => retryDelay(attempt, 0));
  expect(delays).toEqual([400, 800, 1600, 3200, 5000, 5000]);
});

test("jitter adds at most a third to the delay", () => {
  expect(retryDelay(0, 0.999)).toBeLessThan(400 * (4 / 3));
  expect(retryDelay(0, 0.5)).toBeGreaterThan(retryDelay(0, 0));
});
