import { expect, test } from "vitest";
import { smallData, smallSettings } from "../text/testing/smallData.js";
import { Ahead } from "./prefetch.js";
import { maskedBatches, maskedSequencesSchema } from "./masked.js";

const threadFile = new URL("../../dist/candidate/batchThread.js", import.meta.url);
const [settings, data] = [smallSettings(), smallData()];
const drawing = { settings, data, size: 4, seed: 1, purpose: "test", first: 3 };
const start = (workerData: unknown) =>
  Ahead.start(threadFile, workerData, (drawn) => maskedSequencesSchema.parse(drawn));

test("draws what would be drawn here, in order, from the first step on", async () => {
  const ahead = start(drawing);
  const batchOf = maskedBatches(settings, data, 4, 1, "test");
  for (let step = 3; step < 40; step++) expect(await ahead.next()).toEqual(batchOf(step));
  await ahead.end();
});

test("tells what went wrong in the thread, to who waits and to who asks later", async () => {
  const ahead = start({ ...drawing, size: 0 });
  await expect(ahead.next()).rejects.toMatchObject({ code: "INTERNAL" });
  await expect(ahead.next()).rejects.toMatchObject({ code: "INTERNAL" });
});

test("tells who asks after its end", async () => {
  const ahead = start(drawing);
  await ahead.next();
  await ahead.end();
  const rest = async () => {
    for (let taken = 0; taken < 20; taken++) await ahead.next();
  };
  await expect(rest()).rejects.toThrow("ended");
});
