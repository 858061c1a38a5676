import { expect, test } from "vitest";
import { Latch } from "./latch.js";

/** Resolves to true if a wait is over after everything that is ready has run. */
async function passes(latch: Latch): Promise<boolean> {
  return Promise.race([
    latch.wait().then(() => true),
    new Promise<boolean>((resolve) => setImmediate(() => resolve(false))),
  ]);
}

test("releases before a wait let one wait through", async () => {
  const latch = new Latch();
  latch.release();
  latch.release();
  expect(await passes(latch)).toBe(true);
  expect(await passes(latch)).toBe(false);
});

test("a release during a wait lets it through", async () => {
  const latch = new Latch();
  const waiting = latch.wait();
  latch.release();
  await expect(waiting).resolves.toBeUndefined();
  expect(await passes(latch)).toBe(false);
});
