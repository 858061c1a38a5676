import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bertLayer } from "@opnas/core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { readModel, writeModel, type StoredModel } from "./model.js";

let folder: string;
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), "model-"))));
afterAll(() => rm(folder, { recursive: true }));

const model: StoredModel = {
  version: 1,
  architecture: { version: 1, layers: [bertLayer] },
  size: { layers: 1, hidden: 8, heads: 2, vocabulary: 256, length: 8 },
  vocabulary: ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "word"],
  weights: new Map([["mlm.decoder.bias", { shape: [2], data: Float32Array.of(1, -2) }]]),
};

it("a model that was written is read again, and its folder holds two files", async () => {
  const place = join(folder, "new", "model");
  await writeModel(place, model);
  expect(await readModel(place)).toEqual(model);
  expect((await readdir(place)).sort()).toEqual(["model.json", "weights.safetensors"]);
});

it("a folder without a whole model is told by its name", async () => {
  const isRefused = (place: string) =>
    expect(readModel(place)).rejects.toMatchObject({ code: "CORRUPT_ARTIFACT" });
  await isRefused(join(folder, "missing"));
  const place = join(folder, "other");
  await writeModel(place, model);
  await writeFile(join(place, "model.json"), '{"version":2}');
  await isRefused(place);
  await writeModel(place, model);
  await rm(join(place, "weights.safetensors"));
  await isRefused(place);
});

it("a model whose size has other layers than its architecture is not written", async () => {
  const other = { ...model, size: { ...model.size, layers: 2 } };
  await expect(writeModel(join(folder, "bad"), other)).rejects.toThrow(/number of layers/);
});
