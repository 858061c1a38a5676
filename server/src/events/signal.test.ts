import { expect, test } from "vitest";
import { Signal } from "./signal.js";

/** Whether a wait is over after everything that is ready has run. */
async function isThrough(signal: Signal): Promise<boolean> {
  return Promise.race([
    signal.wait().then(() => true),
    new Promise<boolean>((resolve) => setImmediate(() => resolve(false))),
  ]);
}

test("a raise before the wait lets it through, and counts once", async () => {
  const signal = new Signal();
  signal.raise();
  signal.raise();
  expect(await isThrough(signal)).toBe(true);
  expect(await isThrough(signal)).toBe(false);
});

test("a raise during the wait lets it through", async () => {
  const signal = new Signal();
  const waiting = signal.wait();
  signal.raise();
  await expect(waiting).resolves.toBeUndefined();
  expect(await isThrough(signal)).toBe(false);
});
