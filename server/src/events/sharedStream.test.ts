import { expect, test } from "vitest";
import { type Publish, SharedStream, SlowReaderError } from "./sharedStream.js";

/** A shared stream whose items a test publishes; it counts its productions and those that were aborted. */
function stream() {
  const idle: Publish<number> = () => Promise.resolve();
  const made = { begun: 0, aborted: 0, publish: idle };
  const shared = new SharedStream<number>((publish, signal) => {
    made.begun += 1;
    made.publish = publish;
    return new Promise((resolve) => {
      signal.addEventListener("abort", () => {
        made.aborted += 1;
        resolve();
      });
    });
  });
  return { shared, made };
}

async function take(reader: AsyncIterableIterator<number>, count: number): Promise<number[]> {
  const taken: number[] = [];
  while (taken.length < count) {
    const next = await reader.next();
    if (next.done === true) break;
    taken.push(next.value);
  }
  return taken;
}

test("any number of readers share one production, which ends with the last of them", async () => {
  const { shared, made } = stream();
  const readers = Array.from({ length: 600 }, () => shared.follow());
  await made.publish([1, 2]);
  await made.publish([3]);
  for (const reader of readers) expect(await take(reader, 3)).toEqual([1, 2, 3]);
  expect(made).toMatchObject({ begun: 1, aborted: 0 });
  for (const reader of readers) await reader.return?.();
  expect(made).toMatchObject({ begun: 1, aborted: 1 });
  expect(shared.readerCount).toBe(0);
  await made.publish([4]);
  expect(await take(readers[0] ?? shared.follow(), 1)).toEqual([]);
});

test("what a reader begins with comes before what is published meanwhile", async () => {
  const { shared, made } = stream();
  const first = Promise.withResolvers<number[]>();
  const reader = shared.follow(() => first.promise);
  await made.publish([3]);
  first.resolve([1, 2]);
  expect(await take(reader, 3)).toEqual([1, 2, 3]);
});

test("a reader that falls far behind fails and holds nothing; the others go on", async () => {
  const { shared, made } = stream();
  const slow = shared.follow();
  const quick = shared.follow();
  for (let item = 0; item < 40; item++) {
    await made.publish([item]);
    expect(await take(quick, 1)).toEqual([item]);
  }
  await expect(slow.next()).rejects.toThrow(SlowReaderError);
  expect(await slow.next()).toEqual({ done: true, value: undefined });
  expect(shared.readerCount).toBe(1);
});

test("a reader that leaves while it waits is told the end at once", async () => {
  const { shared } = stream();
  const reader = shared.follow();
  const waiting = reader.next();
  await reader.return?.();
  expect(await waiting).toEqual({ done: true, value: undefined });
});

test("a production that fails fails its readers, and begins anew with the next one", async () => {
  let begun = 0;
  const shared = new SharedStream<number>(() => {
    begun += 1;
    return Promise.reject(new Error("no database"));
  });
  await expect(shared.follow().next()).rejects.toThrow("no database");
  await expect(shared.follow().next()).rejects.toThrow("no database");
  expect(begun).toBe(2);
});
