import { expect, test } from "vitest";
import { smallData, smallSettings } from "../text/testing/smallData.js";
import { Prefetcher } from "./prefetch.js";
import { maskedBatches, maskedSequencesSchema } from "./masked.js";

const threadFile = new URL("../../dist/candidate/batchThread.js", import.meta.url);
const [settings, data] = [smallSettings(), smallData()];
const spec = { settings, data, size: 4, seed: 1, purpose: "test", first: 3 };
const start = (workerData: unknown) =>
  Prefetcher.start(threadFile, workerData, (message) => maskedSequencesSchema.parse(message));

test("returns the batches that would be made in this thread, in order, from the first step on", async () => {
  const prefetcher = start(spec);
  const batchOf = maskedBatches(settings, data, 4, 1, "test");
  for (let step = 3; step < 40; step++) expect(await prefetcher.next()).toEqual(batchOf(step));
  await prefetcher.end();
});

test("rejects with the thread's error, both for a waiting and for a later call", async () => {
  const prefetcher = start({ ...spec, size: 0 });
  await expect(prefetcher.next()).rejects.toMatchObject({ code: "INTERNAL" });
  await expect(prefetcher.next()).rejects.toMatchObject({ code: "INTERNAL" });
});

test("rejects calls after its end", async () => {
  const prefetcher = start(spec);
  await prefetcher.next();
  await prefetcher.end();
  const rest = async () => {
    for (let taken = 0; taken < 20; taken++) await prefetcher.next();
  };
  await expect(rest()).rejects.toThrow("ended");
});
