import { readFile } from "node:fs/promises";
import { OpnasError } from "@opnas/core";
import { z } from "zod";
import type { Tensors } from "../engine/hostTensor.js";
import { writeAtomically } from "./writeAtomically.js";

/** Longest header that is accepted, as in the format's reference implementation. */
const longestHeader = 100_000_000;
const lengthBytes = 8;
const floatBytes = 4;

const entrySchema = z.strictObject({
  dtype: z.literal("F32"),
  shape: z.array(z.int().min(0)),
  data_offsets: z.tuple([z.int().min(0), z.int().min(0)]),
});
const headerSchema = z.record(z.string(), z.unknown());

/**
 * Writes float32 tensors atomically as a .safetensors file: the length of a JSON header in 8 bytes,
 * the header (name → dtype, shape, offsets), then the numbers, all little-endian.
 *
 * @throws OpnasError DISK_FULL, DATA_FOLDER_UNWRITABLE
 */
export function writeTensors(file: string, tensors: Tensors): Promise<void> {
  const numbers = [...tensors.values()].map(
    ({ data }) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
  );
  return writeAtomically(file, [header(tensors), ...numbers]);
}

/**
 * Reads a .safetensors file of float32 tensors.
 * @throws OpnasError CORRUPT_ARTIFACT if it is cut off or its parts do not fit one another
 */
export async function readTensors(file: string): Promise<Tensors> {
  const bytes = await readFile(file);
  const corrupt = (what: string) =>
    new OpnasError("CORRUPT_ARTIFACT", `The checkpoint ${file} cannot be used: ${what}.`);

  if (bytes.length < lengthBytes) throw corrupt("it has no header");
  const headerLength = Number(bytes.readBigUInt64LE(0));
  const dataStart = lengthBytes + headerLength;
  if (headerLength > longestHeader || dataStart > bytes.length) throw corrupt("it is cut off");

  const parsed = parseHeader(bytes.toString("utf8", lengthBytes, dataStart));
  if (!parsed) throw corrupt("its header is not a list of float32 tensors");

  // A copy of its own, so that numbers start at a multiple of their size.
  const data = bytes.buffer.slice(bytes.byteOffset + dataStart, bytes.byteOffset + bytes.length);
  const tensors: Tensors = new Map();
  let place = 0;
  for (const [
    name,
    {
      shape,
      data_offsets: [start, end],
    },
  ] of parsed) {
    const count = shape.reduce((size, length) => size * length, 1);
    if (start !== place || end - start !== count * floatBytes || end > data.byteLength) {
      throw corrupt(`the tensor "${name}" is not where its header says`);
    }
    tensors.set(name, { shape, data: new Float32Array(data.slice(start, end)) });
    place = end;
  }
  if (place !== data.byteLength) throw corrupt("it is longer than its header says");
  return tensors;
}

/**
 * Encodes the length and the JSON header, padded with spaces so that the numbers are aligned to 8
 * bytes.
 */
function header(tensors: Tensors): Buffer {
  let place = 0;
  const entries = [...tensors].map(([name, { shape, data }]) => {
    const start = place;
    place += data.byteLength;
    return [name, { dtype: "F32", shape, data_offsets: [start, place] }] as const;
  });
  const json = Buffer.from(JSON.stringify(Object.fromEntries(entries)));
  const padded = Math.ceil(json.length / lengthBytes) * lengthBytes;
  const result = Buffer.alloc(lengthBytes + padded, " ");
  result.writeBigUInt64LE(BigInt(padded), 0);
  json.copy(result, lengthBytes);
  return result;
}

/**
 * Parses the header's tensors in the order of their offsets; undefined if it is not such a header.
 */
function parseHeader(text: string): [string, z.infer<typeof entrySchema>][] | undefined {
  try {
    return Object.entries(headerSchema.parse(JSON.parse(text)))
      .filter(([name]) => name !== "__metadata__")
      .map(([name, entry]): [string, z.infer<typeof entrySchema>] => [
        name,
        entrySchema.parse(entry),
      ])
      .sort(([, a], [, b]) => a.data_offsets[0] - b.data_offsets[0]);
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof z.ZodError) return undefined;
    throw error;
  }
}
