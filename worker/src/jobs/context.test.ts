import { EventEmitter } from "node:events";
import { claimChannel } from "@opnas/prisma";
import { expect, test, vi } from "vitest";
import { type JobContext, watchClaim } from "./context.js";

/** A channel over which the tests say that claims have changed. */
const said = new EventEmitter();
const notifications: JobContext["notifications"] = {
  listen: (channel, listener) => {
    said.on(channel, listener);
    return () => said.off(channel, listener);
  },
};

test("a look that fails does not end the watch over a claim", async () => {
  const { signal: stopping } = new AbortController();
  const told = vi.spyOn(console, "error").mockImplementation(() => undefined);
  let looks = 0;
  const { signal, release } = watchClaim(
    { stopping, notifications },
    () => {
      looks++;
      return looks === 1 ? Promise.reject(new Error("no database")) : Promise.resolve(looks < 3);
    },
    100,
  );
  await vi.waitFor(() => expect(signal.aborted).toBe(true), 10_000);
  expect(looks).toBe(3);
  expect(told).toHaveBeenCalledOnce();
  release();
});

test("a watch ends with the worker, and asks no more when it is released", async () => {
  const worker = new AbortController();
  let looks = 0;
  const { signal, release } = watchClaim({ stopping: worker.signal, notifications }, () => {
    looks++;
    return Promise.resolve(true);
  });
  release();
  worker.abort();
  expect(signal.aborted).toBe(true);
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  expect(looks).toBe(0);
});

test("a watch looks as soon as claims are said to have changed", async () => {
  const { signal: stopping } = new AbortController();
  const hour = 3_600_000;
  const isWanted = () => Promise.resolve(false);
  const { signal, release } = watchClaim({ stopping, notifications }, isWanted, hour);
  said.emit(claimChannel, "a run");
  await vi.waitFor(() => expect(signal.aborted).toBe(true), 10_000);
  release();
  expect(said.listenerCount(claimChannel)).toBe(0);
});
