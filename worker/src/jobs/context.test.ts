import { expect, test, vi } from "vitest";
import { watchClaim } from "./context.js";

test("a look that fails does not end the watch over a claim", async () => {
  const { signal: stopping } = new AbortController();
  const told = vi.spyOn(console, "error").mockImplementation(() => undefined);
  let looks = 0;
  const { signal, release } = watchClaim({ stopping }, () => {
    looks++;
    return looks === 1 ? Promise.reject(new Error("no database")) : Promise.resolve(looks < 3);
  });
  await vi.waitFor(() => expect(signal.aborted).toBe(true), 10_000);
  expect(looks).toBe(3);
  expect(told).toHaveBeenCalledOnce();
  release();
});

test("a watch ends with the worker, and asks no more when it is released", async () => {
  const worker = new AbortController();
  let looks = 0;
  const { signal, release } = watchClaim({ stopping: worker.signal }, () => {
    looks++;
    return Promise.resolve(true);
  });
  release();
  worker.abort();
  expect(signal.aborted).toBe(true);
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  expect(looks).toBe(0);
});
