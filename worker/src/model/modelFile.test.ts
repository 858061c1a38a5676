import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { tinyModel } from "./testing/tinyModel.js";
import { readModel, writeModel } from "./modelFile.js";
import { writeTensors } from "../files/safetensors.js";

let folder: string;
beforeAll(async () => void (folder = await mkdtemp(path.join(tmpdir(), "model-"))));
afterAll(() => rm(folder, { recursive: true }));

describe("a model's folder", () => {
  test("is read as it was written, including tensors that the backbone does not have", async () => {
    const model = tinyModel();
    model.weights.set("another.head", { shape: [2], data: Float32Array.of(1, 2) });
    await writeModel(path.join(folder, "new"), model);
    expect(await readModel(path.join(folder, "new"))).toEqual(model);
  });

  test("is refused with the name of a missing file", async () => {
    await expect(readModel(path.join(folder, "none"))).rejects.toMatchObject({
      code: "BAD_INPUT",
      message: expect.stringContaining("model.json") as string,
    });
  });

  const changes: Record<string, [(file: Record<string, unknown>) => object, string]> = {
    "a field of another kind": [(file) => ({ ...file, size: { layers: 1 } }), "BAD_INPUT"],
    "another version": [(file) => ({ ...file, version: 2 }), "BAD_INPUT"],
    "a vocabulary that is too short": [(file) => ({ ...file, vocabulary: ["[PAD]"] }), "BAD_INPUT"],
    "no architecture": [(file) => ({ ...file, architecture: { layers: [] } }), "BAD_ARCHITECTURE"],
  };
  for (const [what, [change, code]] of Object.entries(changes)) {
    test(`refuses a model.json with ${what}`, async () => {
      await writeModel(folder, tinyModel());
      const file = path.join(folder, "model.json");
      const written = JSON.parse(await readFile(file, "utf8")) as Record<string, unknown>;
      await writeFile(file, JSON.stringify(change(written)));
      await expect(readModel(folder)).rejects.toMatchObject({ code });
    });
  }

  test("refuses weights of another size", async () => {
    const model = tinyModel();
    await writeModel(folder, model);
    await writeTensors(path.join(folder, "weights.safetensors"), tinyModel(16).weights);
    await expect(readModel(folder)).rejects.toMatchObject({ code: "CORRUPT_ARTIFACT" });
  });
});
