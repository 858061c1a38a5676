import { mkdtemp, open, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Tensors } from "../engine/hostTensor.js";
import { writeTensors } from "./safetensors.js";
import { readTensors } from "./tensorFile.js";

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
    "with one number that is another": (bytes) => {
      const copy = Buffer.from(bytes);
      copy.writeFloatLE(-2.5, copy.length - 4 * 6);
      return copy;
    },
    "that lost a tensor's checksum": (bytes) =>
      Buffer.from(bytes.toString("latin1").replace("sha256.a scalar", "sha256.a skalar"), "latin1"),
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

describe("reading a part of a file", () => {
  test("reads the tensors that were asked for, and refuses names that are not there", async () => {
    const file = path.join(folder, "part.safetensors");
    await writeTensors(file, tensors);
    expect([...(await readTensors(file, ["a scalar"])).keys()]).toEqual(["a scalar"]);
    await expect(readTensors(file, ["another"])).rejects.toThrow('it has no tensor "another"');
  });

  test("passes over damage in tensors that were not asked for", async () => {
    const file = await damaged((bytes) => {
      bytes.writeFloatLE(-2.5, bytes.length - 4 * 6);
      return bytes;
    });
    await expect(readTensors(file)).rejects.toThrow("is not what was written");
    expect(await readTensors(file, ["a scalar"])).toEqual(new Map([...tensors].slice(1, 2)));
  });

  test("reads numbers of 16 bits, and passes over others that are not asked for", async () => {
    const header = JSON.stringify({
      ids: { dtype: "I64", shape: [1], data_offsets: [0, 8] },
      half: { dtype: "F16", shape: [2, 3], data_offsets: [8, 20] },
      brain: { dtype: "BF16", shape: [2], data_offsets: [20, 24] },
    });
    const numbers = Buffer.alloc(24);
    const halves = [0x3c00, 0xc500, 0x0001, 0x7bff, 0x8000, 0xfc00];
    for (const [at, half] of [...halves, 0x3fc0, 0xc2f7].entries()) {
      numbers.writeUInt16LE(half, 8 + 2 * at);
    }
    const file = path.join(folder, "halves.safetensors");
    await writeFile(file, withHeader(Buffer.concat([Buffer.alloc(8), numbers]), header));
    const read = await readTensors(file, ["half", "brain"]);
    expect(read.get("half")).toEqual({
      shape: [2, 3],
      data: Float32Array.of(1, -5, 2 ** -24, 65504, -0, -Infinity),
    });
    expect(read.get("brain")?.data).toEqual(Float32Array.of(1.5, -123.5));
    await expect(readTensors(file)).rejects.toThrow('the tensor "ids" has numbers of type I64');
  });

  test("refuses a whole file that is not the expected one", async () => {
    const file = path.join(folder, "one.safetensors");
    const checksum = await writeTensors(file, tensors);
    expect(await readTensors(file, undefined, checksum)).toEqual(tensors);
    expect(await writeTensors(file, new Map([...tensors].slice(1)))).not.toBe(checksum);
    await expect(readTensors(file, undefined, checksum)).rejects.toThrow("not the file");
  });

  test("reads on where other programs' files have no checksums", async () => {
    const header = '{"a":{"dtype":"F32","shape":[7],"data_offsets":[0,28]}}';
    const file = await damaged((bytes) => withHeader(bytes, header));
    expect((await readTensors(file)).get("a")?.shape).toEqual([7]);
  });

  test("reads numbers that stand behind the first 2 GiB", async () => {
    const file = path.join(folder, "large.safetensors");
    const gap = 600_000_000; // Numbers, of which the file holds none: it is sparse.
    const json = JSON.stringify({
      gap: { dtype: "F32", shape: [gap], data_offsets: [0, 4 * gap] },
      last: { dtype: "F32", shape: [2], data_offsets: [4 * gap, 4 * gap + 8] },
    });
    const header = Buffer.concat([Buffer.alloc(8), Buffer.from(json)]);
    header.writeBigUInt64LE(BigInt(json.length));
    const handle = await open(file, "w");
    await handle.write(header, 0, header.length, 0);
    const numbers = new Uint8Array(Float32Array.of(1.5, -7).buffer);
    await handle.write(numbers, 0, numbers.length, header.length + 4 * gap);
    await handle.close();
    expect((await stat(file)).size).toBeGreaterThan(2 ** 31);
    const last = { shape: [2], data: Float32Array.of(1.5, -7) };
    expect(await readTensors(file, ["last"])).toEqual(new Map([["last", last]]));
  });
});
