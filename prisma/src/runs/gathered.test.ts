import { expect, test } from "vitest";
import { Gathered } from "./gathered.js";

/** Calls whose acts are noted, and end when they are let go. */
function noted(most = 10) {
  const acts: string[] = [];
  const gates: (() => void)[] = [];
  const gathered = new Gathered<number, number>(most, async (key, inputs) => {
    acts.push(`${key}: ${inputs.join(" ")}`);
    await new Promise<void>((resolve) => gates.push(resolve));
    if (inputs.includes(13)) throw new Error("thirteen");
    return inputs.map((input) => 10 * input);
  });
  /** Lets go of acts, in their order, until all is done. */
  const finish = async <T>(calls: readonly Promise<T>[]) => {
    const state = { isDone: false };
    const all = Promise.allSettled(calls).finally(() => (state.isDone = true));
    while (!state.isDone) {
      gates.shift()?.();
      await new Promise((resolve) => setImmediate(resolve));
    }
    return all;
  };
  return { acts, gathered, finish };
}

test("calls are gathered while an earlier one is under way, each key by itself", async () => {
  const { acts, gathered, finish } = noted();
  const calls = [1, 2, 3].map((input) => gathered.call("a", input));
  calls.push(gathered.call("b", 4));
  expect(await finish(calls)).toEqual(
    [10, 20, 30, 40].map((value) => ({ status: "fulfilled", value })),
  );
  expect(acts).toEqual(["a: 1", "b: 4", "a: 2 3"]);
});

test("no more are gathered than may be, and a later call is made at once", async () => {
  const { acts, gathered, finish } = noted(2);
  await finish([1, 2, 3, 4].map((input) => gathered.call("a", input)));
  await finish([gathered.call("a", 5)]);
  expect(acts).toEqual(["a: 1", "a: 2 3", "a: 4", "a: 5"]);
});

test("a call that fails fails none of those that it was gathered with", async () => {
  const { gathered, finish } = noted();
  const results = await finish([1, 12, 13, 14].map((input) => gathered.call("a", input)));
  expect(results).toMatchObject([
    { value: 10 },
    { value: 120 },
    { status: "rejected", reason: { message: "thirteen" } },
    { value: 140 },
  ]);
});
