import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Tensors } from "../engine/hostTensor.js";
import { CheckpointFolder } from "./checkpointFolder.js";
import { writeTensors } from "./safetensors.js";
import { removeFolder } from "./writeAtomically.js";

let folder: string;
beforeEach(async () => {
  vi.spyOn(console, "error").mockImplementation(() => undefined);
  folder = path.join(await mkdtemp(path.join(tmpdir(), "checkpoints-")), "work");
});
afterEach(async () => {
  vi.restoreAllMocks();
  await rm(path.dirname(folder), { recursive: true });
});

const of = (attempt: number) => new CheckpointFolder({ folder, attempt });
const state = (step: number): Tensors =>
  new Map([["step", { shape: [1], data: Float32Array.of(step) }]]);
const newest = (attempt: number) =>
  of(attempt).newest((tensors) => tensors.get("step")?.data[0] ?? NaN);
const names = async () => (await readdir(folder)).sort();

test("an attempt goes on from the checkpoint of the most progress, whoever wrote it", async () => {
  expect(await newest(1)).toBeUndefined();
  await of(1).save(state(9), 9);
  await of(2).save(state(10), 10);
  await of(1).save(state(11), 11);
  expect(await newest(3)).toBe(11);
});

test("an attempt keeps its last two, and removes none of a newer one", async () => {
  await of(1).save(state(1), 1);
  await of(3).save(state(2), 2);
  await of(2).save(state(3), 3);
  expect(await names()).toEqual(["1.1.safetensors", "2.3.safetensors", "3.2.safetensors"]);
  await writeFile(path.join(folder, "2.1.safetensors.draft.tmp"), "of a killed process");
  for (const step of [4, 5, 6]) await of(2).save(state(step), step);
  expect(await names()).toEqual(["2.3.safetensors", "5.2.safetensors", "6.2.safetensors"]);
});

const damages: Record<string, (file: string) => Promise<void>> = {
  garbled: async (file) => {
    const bytes = await readFile(file);
    bytes.writeUInt8(bytes.readUInt8(bytes.length - 2) ^ 1, bytes.length - 2);
    await writeFile(file, bytes);
  },
  "cut off": (file) => truncate(file, 100),
  empty: (file) => truncate(file, 0),
};
for (const [name, damage] of Object.entries(damages)) {
  test(`a checkpoint that is ${name} is passed over for the one before, and then for the start`, async () => {
    await of(1).save(state(1), 1);
    await of(1).save(state(2), 2);
    await damage(path.join(folder, "2.1.safetensors"));
    expect(await newest(2)).toBe(1);
    await damage(path.join(folder, "1.1.safetensors"));
    expect(await newest(2)).toBeUndefined();
    expect(console.error).toHaveBeenCalledTimes(3);
  });
}

test("a checkpoint of an older version counts where there is no other", async () => {
  const earlier = path.join(path.dirname(folder), "checkpoint.safetensors");
  await writeTensors(earlier, state(5));
  const place = { folder, attempt: 1, earlier };
  const read = () => new CheckpointFolder(place).newest((tensors) => tensors.get("step")?.data[0]);
  expect(await read()).toBe(5);
  await of(1).save(state(1), 1);
  expect(await read()).toBe(1);
});

test("a folder that is tidied away while an attempt writes into it fails nothing", async () => {
  await of(1).save(state(0), 0);
  const saving = Promise.all(Array.from({ length: 30 }, (_, at) => of(1).save(state(at), at)));
  await removeFolder(folder);
  await saving;
});
