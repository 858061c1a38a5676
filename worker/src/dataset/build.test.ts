import { createHash } from "node:crypto";

import { taskNames } from "@opnas/core";
import { beforeAll, describe, expect, test } from "vitest";

import { buildDataInThread } from "./buildInThread.js";
import { buildData } from "./build.js";
import { encodePrepared } from "./cache.js";
import { readSpeeches, type Document } from "../text/corpus.js";
import { rowOf } from "../text/sequences.js";
import { clsId, sepId, type PreparedData } from "../text/types.js";
import { preparationVersion } from "./cache.js";

const request = { vocabulary: 512, length: 32, tasks: taskNames, evaluationExamples: 48 };

let speeches: Document[];
let data: PreparedData;
beforeAll(async () => {
  speeches = (await readSpeeches()).filter((_, index) => index % 9 === 0);
  data = await buildData(request, speeches, () => undefined);
}, 60_000);

describe("buildData", () => {
  test("gives the same bytes in every process and on every machine", () => {
    const digest = createHash("sha256").update(encodePrepared(data)).digest("hex").slice(0, 16);
    // When this changes on purpose, raise preparationVersion: kept files are of the old form. A new
    // task changes it too, but nothing that is kept: files are named by the tasks that they hold.
    expect({ preparationVersion, digest }).toEqual({
      preparationVersion: 5,
      digest: "3fd5887e695ba17c",
    });
  });

  test("makes full sequences of the pre-training speeches", () => {
    const { pretrain } = data;
    for (let row = 0; row < pretrain.count; row++) {
      const ids = rowOf(pretrain, row);
      expect([ids[0], ids.at(-1)]).toEqual([clsId, sepId]);
      expect(ids.subarray(1, -1).every((id) => id === 1 || id > 4)).toBe(true);
    }
  });

  test("keeps the pre-training speeches as running text, too", () => {
    const { ids, documents, sentences } = data.documents;
    expect(sentences.length).toBeGreaterThan(10 * documents.length);
    const inside = (id: number) => id === 1 || id > 4;
    expect(ids.every(inside)).toBe(true);
    expect(rowOf(data.pretrain, 0).subarray(1, -1)).toEqual(ids.subarray(0, 30));
  });

  test("builds the tasks that were asked for, in that order, with no more than the examples asked for", () => {
    expect(data.tasks.map(({ name }) => name)).toEqual(taskNames);
    for (const { test } of data.tasks) {
      const { count } = "sequences" in test ? test.sequences : test;
      expect(count).toBeGreaterThan(24);
      expect(count).toBeLessThanOrEqual(48);
    }
  });

  test("gives the same data in a thread of its own, and reports its progress", async () => {
    const fractions: number[] = [];
    const built = await buildDataInThread(request, speeches, (_, fraction) =>
      fractions.push(fraction),
    );
    expect(built).toEqual(data);
    expect(fractions.length).toBeGreaterThan(4);
    expect(fractions).toEqual(fractions.toSorted((a, b) => a - b));
    const tooShort = buildDataInThread({ ...request, length: 8 }, speeches, () => undefined);
    await expect(tooShort).rejects.toMatchObject({ code: "BAD_SETTING" });
  }, 60_000);

  test("names the task that the sequences are too short for", async () => {
    const short = buildData(
      { ...request, length: 8, tasks: ["half-order"] },
      speeches,
      () => undefined,
    );
    await expect(short).rejects.toThrow(/0 examples of the task "half-order" in sequences of 8/);
  });

  test("reports its stages and the fraction done", async () => {
    const reports: number[] = [];
    const messages = new Set<string>();
    await buildData({ ...request, tasks: ["swap"] }, speeches, (message, fraction) => {
      reports.push(fraction);
      messages.add(message);
    });
    expect(messages.size).toBe(reports.length);
    expect(reports).toEqual([...reports].sort((a, b) => a - b));
    expect(reports.every((fraction) => fraction >= 0 && fraction < 1)).toBe(true);
  });
});
