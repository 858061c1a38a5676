import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { writeAtomically } from "../files/writeAtomically.js";
import { decodePrepared, encodePrepared, readOrBuild } from "./cache.js";
import type { PreparedData } from "../text/types.js";

const data: PreparedData = {
  vocabulary: ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "one", "é"],
  pretrain: { count: 2, length: 4, ids: Int32Array.of(2, 5, 6, 3, 2, 6, 5, 3) },
  documents: {
    ids: Int32Array.of(5, 6, 6, 5),
    sentences: Int32Array.of(0, 1, 2),
    documents: Int32Array.of(0, 2, 4),
  },
  tasks: [
    {
      kind: "zeroShot",
      name: "swap",
      test: { count: 1, length: 4, ids: Int32Array.of(2, 4, 4, 3) },
      positionsPerItem: 2,
      positions: Int32Array.of(1, 2),
      choicesPerItem: 2,
      choices: Int32Array.of(5, 6, 6, 5),
      baselines: { majority: 50, ngram: 62.5 },
    },
  ],
};

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "opnas-cache-"));
  path = join(folder, "nested", "text.bin");
});
afterEach(() => rm(folder, { recursive: true }));

/** Builds, and counts how often it was asked to. */
function builder() {
  const calls: string[] = [];
  return {
    calls,
    build: () => {
      calls.push("build");
      return Promise.resolve(data);
    },
    report: (message: string) => void calls.push(message),
  };
}

describe("prepared data on disk", () => {
  test("is read as it was written, and equal data gives equal bytes", () => {
    expect(decodePrepared(encodePrepared(data))).toEqual(data);
    expect(encodePrepared(structuredClone(data)).equals(encodePrepared(data))).toBe(true);
  });

  test("is built once and then read", async () => {
    const { calls, build, report } = builder();
    expect(await readOrBuild(path, build, report)).toEqual(data);
    expect(await readOrBuild(path, build, report)).toEqual(data);
    expect(calls).toEqual(["build"]);
    expect(await readdir(join(folder, "nested"))).toEqual(["text.bin"]);
  });

  test("is built again if any byte of it was altered or its end is missing", async () => {
    await writeAtomically(path, [encodePrepared(data)]);
    const good = await readFile(path);
    for (const at of [0, 40, good.length - 1]) {
      const altered = Buffer.from(good);
      altered.writeUInt8((altered.readUInt8(at) + 1) % 256, at);
      await writeFile(path, altered);
      const { calls, build, report } = builder();
      expect(await readOrBuild(path, build, report)).toEqual(data);
      expect(calls).toEqual([expect.stringContaining("damaged"), "build"]);
      expect((await readFile(path)).equals(good)).toBe(true);
    }
    for (const length of [0, 10, 50]) {
      await writeFile(path, good.subarray(0, length));
      expect(await readOrBuild(path, builder().build, () => undefined)).toEqual(data);
    }
  });

  test("is built again if it has another form than this version reads", async () => {
    const { pretrain, documents } = data;
    const others = [
      { ...data, pretrain: { ...pretrain, count: 3 } },
      { ...data, documents: { ...documents, sentences: Int32Array.of(0, 9) } },
    ];
    for (const other of others) {
      await writeAtomically(path, [encodePrepared(other)]);
      expect(await readOrBuild(path, builder().build, () => undefined)).toEqual(data);
    }
  });

  test("is complete for every reader while several processes write it", async () => {
    await writeAtomically(path, [encodePrepared(data)]);
    const work = Array.from({ length: 12 }, async (_, index) => {
      if (index % 2 === 0) await writeAtomically(path, [encodePrepared(data)]);
      else expect(decodePrepared(await readFile(path))).toEqual(data);
    });
    await Promise.all(work);
    expect(await readdir(join(folder, "nested"))).toEqual(["text.bin"]);
  });

  test("names the folder that cannot be used", async () => {
    await writeFile(join(folder, "file"), "");
    await expect(
      writeAtomically(join(folder, "file", "text.bin"), [encodePrepared(data)]),
    ).rejects.toMatchObject({
      code: "DATA_FOLDER_UNWRITABLE",
    });
  });
});
