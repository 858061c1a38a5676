import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Tensors } from "../engine/hostTensor.js";
import { readTensors, writeTensors } from "./safetensors.js";

let folder: string;
beforeAll(async () => void (folder = await mkdtemp(path.join(tmpdir(), "safetensors-"))));
afterAll(() => rm(folder, { recursive: true }));

const tensors: Tensors = new Map([
  [
    "layer.0.attention.q.weight",
    { shape: [2, 3], data: Float32Array.of(1, -2, 3.5, 0, 1e-38, NaN) },
  ],
  ["a scalar", { shape: [], data: Float32Array.of(Infinity) }],
  ["nothing", { shape: [0, 4], data: new Float32Array() }],
]);

async function damaged(change: (bytes: Buffer) => Buffer): Promise<string> {
  const file = path.join(folder, "damaged.safetensors");
  await writeTensors(file, tensors);
  await writeFile(file, change(await readFile(file)));
  return file;
}

/** The file with another header of the same kind. */
function withHeader(bytes: Buffer, header: string): Buffer {
  const data = bytes.subarray(8 + Number(bytes.readBigUInt64LE(0)));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  return Buffer.concat([length, Buffer.from(header), data]);
}

describe("safetensors", () => {
  test("reads what it wrote, to the bit, and leaves no other file", async () => {
    const file = path.join(folder, "new", "weights.safetensors");
    await writeTensors(file, tensors);
    expect(await readTensors(file)).toEqual(tensors);
    expect(await readdir(path.dirname(file))).toEqual(["weights.safetensors"]);
  });

  test("writes the header that the format asks for", async () => {
    const file = path.join(folder, "header.safetensors");
    await writeTensors(file, tensors);
    const bytes = await readFile(file);
    const length = Number(bytes.readBigUInt64LE(0));
    expect(length % 8).toBe(0);
    expect(JSON.parse(bytes.toString("utf8", 8, 8 + length))).toMatchObject({
      "layer.0.attention.q.weight": { dtype: "F32", shape: [2, 3], data_offsets: [0, 24] },
    });
    expect(bytes.readFloatLE(8 + length + 4)).toBe(-2);
  });

  const damages: Record<string, (bytes: Buffer) => Buffer> = {
    "that is empty": () => Buffer.alloc(0),
    "cut off in its numbers": (bytes) => bytes.subarray(0, -4),
    "cut off in its header": (bytes) => bytes.subarray(0, 20),
    "longer than it says": (bytes) => Buffer.concat([bytes, Buffer.alloc(4)]),
    "with a header that is no JSON": (bytes) => withHeader(bytes, "{"),
    "with numbers of another type": (bytes) =>
      withHeader(bytes, '{"a":{"dtype":"F64","shape":[7],"data_offsets":[0,28]}}'),
    "whose tensor is of another size": (bytes) =>
      withHeader(bytes, '{"a":{"dtype":"F32","shape":[8],"data_offsets":[0,28]}}'),
    "with a header of absurd length": (bytes) => {
      const copy = Buffer.from(bytes);
      copy.writeBigUInt64LE(2n ** 62n);
      return copy;
    },
  };
  for (const [name, damage] of Object.entries(damages)) {
    test(`refuses a file ${name}`, async () => {
      await expect(readTensors(await damaged(damage))).rejects.toMatchObject({
        code: "CORRUPT_ARTIFACT",
      });
    });
  }
});
