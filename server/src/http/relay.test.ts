import type { ExecutionResult } from "graphql";
import { expect, test } from "vitest";
import { nextMessages, relayed } from "./relay.js";

test("a result is written once for all subscriptions, and once as bytes for equal ids", () => {
  const formatted: ExecutionResult[] = [];
  const messageOf = nextMessages((result) => {
    formatted.push(result);
    return { data: result.data };
  });
  const result = { data: { text: "ü" } };
  const [first, again, other] = ["1", "1", 'an "id"'].map((id) => messageOf(result, id));
  expect(again).toBe(first);
  expect(JSON.parse(String(other))).toEqual({
    id: 'an "id"',
    type: "next",
    payload: { data: { text: "ü" } },
  });
  expect(formatted).toEqual([result]);
  messageOf({ data: result.data }, "1");
  expect(formatted).toHaveLength(2);
});

/** Results that fail with an error behind the last. */
function results(...items: number[]): AsyncIterable<ExecutionResult> & { hasEnded: () => boolean } {
  let hasEnded = false;
  return {
    hasEnded: () => hasEnded,
    async *[Symbol.asyncIterator]() {
      try {
        for (const item of items) yield await Promise.resolve({ data: { item } });
        throw new Error("no more");
      } finally {
        hasEnded = true;
      }
    },
  };
}

test("results are told in order, each once the one before was taken, and an error ends the stream", async () => {
  const told: unknown[] = [];
  let underWay = 0;
  const stream = relayed(results(1, 2, 3), async ({ data }) => {
    expect(underWay).toBe(0);
    underWay += 1;
    await new Promise((resolve) => setImmediate(resolve));
    underWay -= 1;
    told.push(data?.["item"]);
  });
  await expect(stream.next()).rejects.toThrow("no more");
  expect(told).toEqual([1, 2, 3]);
});

test("a stream that is given up ends its results", async () => {
  const source = results(1);
  const stream = relayed(source, () => Promise.resolve());
  const asked = stream.next();
  await expect(asked).rejects.toThrow("no more");
  await stream.return();
  expect(source.hasEnded()).toBe(true);
});
