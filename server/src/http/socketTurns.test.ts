import { setImmediate } from "node:timers/promises";
import { expect, test } from "vitest";
import { handleHolding, holdUntilEnd, Turns } from "./socketTurns.js";

test("so many take their turn at once, the others in their order as turns end", async () => {
  const turns = new Turns(2);
  const begun: number[] = [];
  const takes = [0, 1, 2, 3].map(async (each) => {
    const end = await turns.take();
    begun.push(each);
    return end;
  });
  await setImmediate();
  expect(begun).toEqual([0, 1]);
  const first = await takes[0];
  first?.();
  await setImmediate();
  expect(begun).toEqual([0, 1, 2]);
  for (const take of takes.slice(1)) (await take)();
  expect(begun).toEqual([0, 1, 2, 3]);
});

test("what a message holds is given back once, also when its handling fails", async () => {
  const given: string[] = [];
  await expect(
    handleHolding(async () => {
      holdUntilEnd(() => given.push("a"));
      await setImmediate();
      holdUntilEnd(() => given.push("b"));
      throw new Error("broken");
    }),
  ).rejects.toThrow("broken");
  expect(given).toEqual(["a", "b"]);
});
