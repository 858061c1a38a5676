import { createHash } from "node:crypto";
import { z } from "zod";
import type { NamedTensor, Tensors } from "../engine/hostTensor.js";
import { writeAtomically } from "./writeAtomically.js";

/** Longest header that is accepted, in bytes, as in the format's reference implementation. */
export const longestHeader = 100_000_000;
/** Bytes of the header's length, with which a file begins. */
export const lengthBytes = 8;

/** Key of the format's free part, which readers that do not know it pass over. */
const metadataKey = "__metadata__";
/** Begin of the names under which tensors' checksums stand there. */
const checksumPrefix = "sha256.";

const entrySchema = z.strictObject({
  dtype: z.string(),
  shape: z.array(z.int().min(0)),
  data_offsets: z.tuple([z.int().min(0), z.int().min(0)]),
});
const headerSchema = z.record(z.string(), z.unknown());
const metadataSchema = z.record(z.string(), z.string()).default({});

/** The place of a tensor in a file: bytes from the end of the header, and the checksum of these. */
export interface TensorPlace {
  /** The type of its numbers, such as "F32". */
  type: string;
  shape: number[];
  start: number;
  end: number;
  /** SHA-256 in hex; undefined in files of other programs and of older versions. */
  checksum: string | undefined;
}

/**
 * Writes float32 tensors atomically as a .safetensors file: the length of a JSON header in 8 bytes,
 * the header (name → dtype, shape, offsets), then the numbers, all little-endian. The header also
 * holds a checksum of every tensor. Numbers go to the file from where they are, without a copy.
 *
 * @param metadata what else stands in the header's free part, such as a format for other programs
 * @returns the file's checksum: of its header, and through that of everything in it (decision 0024)
 * @throws OpnasError DISK_FULL, DATA_FOLDER_UNWRITABLE
 */
export async function writeTensors(
  file: string,
  tensors: Tensors,
  metadata: Readonly<Record<string, string>> = {},
): Promise<string> {
  const header = encodeHeader(tensors, metadata);
  await writeAtomically(file, [header, ...[...tensors.values()].map(bytesOf)]);
  return sha256(header);
}

/** Returns the SHA-256 of bytes in hex. */
export function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** Returns the memory of a tensor's numbers. */
export function bytesOf({ data }: NamedTensor): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

/**
 * Encodes the length and the JSON header, padded with spaces so that the numbers are aligned to 8
 * bytes.
 */
function encodeHeader(tensors: Tensors, metadata: Readonly<Record<string, string>>): Buffer {
  let place = 0;
  const entries = [...tensors].map(([name, { shape, data }]) => {
    const start = place;
    place += data.byteLength;
    return [name, { dtype: "F32", shape, data_offsets: [start, place] }] as const;
  });
  const checksums = [...tensors].map(
    ([name, tensor]) => [`${checksumPrefix}${name}`, sha256(bytesOf(tensor))] as const,
  );
  const header = {
    [metadataKey]: { ...metadata, ...Object.fromEntries(checksums) },
    ...Object.fromEntries(entries),
  };
  const json = Buffer.from(JSON.stringify(header));
  const padded = Math.ceil(json.length / lengthBytes) * lengthBytes;
  const result = Buffer.alloc(lengthBytes + padded, " ");
  result.writeBigUInt64LE(BigInt(padded), 0);
  json.copy(result, lengthBytes);
  return result;
}

/**
 * Parses the header's tensors in the order of their offsets.
 * @returns undefined if it is no list of tensors, or if some have a checksum and some none
 */
export function parseHeader(text: string): Map<string, TensorPlace> | undefined {
  try {
    const { [metadataKey]: metadata, ...entries } = headerSchema.parse(JSON.parse(text));
    const checksums = metadataSchema.parse(metadata);
    const places = Object.entries(entries)
      .map(([name, entry]): [string, TensorPlace] => {
        const { dtype: type, shape, data_offsets } = entrySchema.parse(entry);
        const [start, end] = data_offsets;
        return [name, { type, shape, start, end, checksum: checksums[`${checksumPrefix}${name}`] }];
      })
      .sort(([, a], [, b]) => a.start - b.start || a.end - b.end);
    const isChecked = Object.keys(checksums).some((name) => name.startsWith(checksumPrefix));
    const hasGap = isChecked && places.some(([, { checksum }]) => checksum === undefined);
    return hasGap ? undefined : new Map(places);
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof z.ZodError) return undefined;
    throw error;
  }
}
