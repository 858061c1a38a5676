import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readSettings } from "../settings.js";

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), "opnas-gpus-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Puts an `nvidia-smi` that shows so many GPUs on a path of its own, and reads settings with it. */
function settingsWith(count: number, settings: NodeJS.ProcessEnv) {
  const rows = Array.from({ length: count }, (_, index) => `${index}, GPU-aaaa-000${index}`);
  const program = path.join(folder, "nvidia-smi");
  writeFileSync(program, `#!/bin/sh\ncat <<END\n${rows.join("\n")}\nEND\n`);
  chmodSync(program, 0o755);
  return readSettings({
    DATABASE_URL: "postgresql://localhost/opnas",
    OPNAS_ENGINE: "tensorflow-gpu",
    PATH: `${folder}:/usr/bin:/bin`,
    ...settings,
  });
}

describe("the GPUs of a worker", () => {
  test("are all that nvidia-smi shows, with one trainer each", () => {
    const { gpus, slots } = settingsWith(3, {});
    expect(gpus).toEqual(["GPU-aaaa-0000", "GPU-aaaa-0001", "GPU-aaaa-0002"]);
    expect(slots).toBe(3);
  });

  test("are those of the list, with as many trainers each as set", () => {
    const settings = { OPNAS_GPUS: "2, GPU-aaaa-0000", OPNAS_TRAINERS_PER_GPU: "2" };
    const { gpus, slots } = settingsWith(3, settings);
    expect(gpus).toEqual(["GPU-aaaa-0002", "GPU-aaaa-0000"]);
    expect(slots).toBe(4);
  });

  test("are only those that a scheduler lets the worker see", () => {
    expect(settingsWith(8, { CUDA_VISIBLE_DEVICES: "5,GPU-aaaa-0007" }).gpus).toEqual([
      "GPU-aaaa-0005",
      "GPU-aaaa-0007",
    ]);
  });

  test("are none when it is told so, or with an engine that needs none", () => {
    expect(settingsWith(2, { OPNAS_GPUS: "none" })).toMatchObject({
      gpus: [],
      slots: availableParallelism(),
    });
    expect(settingsWith(2, { OPNAS_ENGINE: "wasm" }).gpus).toBeUndefined();
    expect(settingsWith(0, {})).toMatchObject({ gpus: undefined, slots: availableParallelism() });
  });

  test("must be there, and be well named", () => {
    expect(() => settingsWith(2, { OPNAS_GPUS: "0,4" })).toThrow(
      "OPNAS_GPUS names the GPU 4, but `nvidia-smi -L` shows 0, 1.",
    );
    expect(() => settingsWith(2, { OPNAS_GPUS: "first" })).toThrow(/OPNAS_GPUS: must be all, none/);
  });
});
