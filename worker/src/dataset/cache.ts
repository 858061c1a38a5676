import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { dirname } from "node:path";

import { OpnasError, taskNames, whenValid } from "@opnas/core";
import { z } from "zod";

import { storageError, writeWhole } from "../files/writeAtomically.js";
import type { DataReport } from "./build.js";
import { firstWordId, type PreparedData } from "../text/types.js";

const arraySchema = z.custom<Int32Array>((value) => value instanceof Int32Array);

const sequencesSchema = z
  .strictObject({ count: z.int().min(1), length: z.int().min(3), ids: arraySchema })
  .refine(({ count, length, ids }) => ids.length === count * length, { when: whenValid });
const labelledSchema = z
  .strictObject({ sequences: sequencesSchema, labels: arraySchema })
  .refine(({ sequences, labels }) => labels.length === sequences.count, { when: whenValid });
const baselinesSchema = z.strictObject({
  majority: z.number().min(0).max(100),
  ngram: z.number().min(0).max(100),
});
const skillSchema = z.strictObject({
  loss: z.number().positive(),
  accuracy: z.number().min(0).max(1),
});

const taskSchema = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("masked"),
    name: z.literal("mlm"),
    test: sequencesSchema,
    masked: sequencesSchema,
    positionsPerItem: z.int().min(1),
    positions: arraySchema,
    targets: arraySchema,
    unigram: skillSchema,
    bigram: skillSchema,
  }),
  z.strictObject({
    kind: z.literal("zeroShot"),
    name: z.enum(taskNames).extract(["swap", "substitute", "preposition"]),
    test: sequencesSchema,
    positionsPerItem: z.int().min(1),
    positions: arraySchema,
    choicesPerItem: z.int().min(2),
    choices: arraySchema,
    baselines: baselinesSchema,
  }),
  z.strictObject({
    kind: z.literal("fineTuned"),
    name: z.enum(taskNames).extract(["half-order", "definition", "far-swap"]),
    classes: z.int().min(2),
    train: labelledSchema,
    test: labelledSchema,
    baselines: baselinesSchema,
  }),
]);

/** Running text as `Documents` says: everything begins within it, and in order. */
export const documentsSchema = z
  .strictObject({ ids: arraySchema, sentences: arraySchema, documents: arraySchema })
  .refine(
    ({ ids, sentences, documents }) =>
      documents[0] === 0 &&
      documents.at(-1) === ids.length &&
      [sentences, documents].every((starts) =>
        starts.every((start, at) => start <= ids.length && start >= (starts[at - 1] ?? 0)),
      ),
    { when: whenValid },
  );

/** What prepared data looks like, wherever it comes from. */
export const preparedSchema: z.ZodType<PreparedData> = z.strictObject({
  vocabulary: z.array(z.string()).min(firstWordId),
  pretrain: sequencesSchema,
  documents: documentsSchema,
  tasks: z.array(taskSchema),
});

/** Where an array lies in the file's block of numbers. */
const placeSchema = z.strictObject({ int32: z.tuple([z.int().min(0), z.int().min(0)]) });

const hashBytes = 32;
const prefixBytes = hashBytes + 4;

/**
 * Prepared data as bytes: SHA-256 of all that follows, length of the JSON (32 bits), the JSON with
 * a place instead of each array, padding to four bytes, the arrays as little-endian 32-bit
 * integers. Equal data gives equal bytes.
 */
export function encodePrepared(data: PreparedData): Buffer {
  const arrays: Int32Array[] = [];
  let numbers = 0;
  const json = JSON.stringify(data, (_, value: unknown) => {
    if (!(value instanceof Int32Array)) return value;
    const place = { int32: [numbers, value.length] };
    arrays.push(value);
    numbers += value.length;
    return place;
  });
  const header = Buffer.from(json);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(header.length);
  const body = Buffer.concat([
    length,
    header,
    Buffer.alloc((4 - (header.length % 4)) % 4),
    ...arrays.map((array) => Buffer.from(array.buffer, array.byteOffset, array.byteLength)),
  ]);
  return Buffer.concat([createHash("sha256").update(body).digest(), body]);
}

/** @throws OpnasError CORRUPT_ARTIFACT when the bytes are not what `encodePrepared` wrote */
export function decodePrepared(bytes: Buffer): PreparedData {
  const body = bytes.subarray(hashBytes);
  const digest = createHash("sha256").update(body).digest();
  if (bytes.length < prefixBytes || !digest.equals(bytes.subarray(0, hashBytes))) {
    throw new OpnasError("CORRUPT_ARTIFACT", "The prepared text does not match its checksum.");
  }
  const headerEnd = prefixBytes + bytes.readUInt32LE(hashBytes);
  const numbersStart = headerEnd + ((4 - (headerEnd % 4)) % 4);
  const numbers = new Uint8Array(bytes.subarray(numbersStart)).buffer;
  const parsed: unknown = JSON.parse(
    bytes.toString("utf8", prefixBytes, headerEnd),
    (_, value: unknown) => {
      const place = placeSchema.safeParse(value);
      if (!place.success) return value;
      const [start, length] = place.data.int32;
      return new Int32Array(numbers, 4 * start, length);
    },
  );
  const data = preparedSchema.safeParse(parsed);
  if (!data.success) {
    throw new OpnasError("CORRUPT_ARTIFACT", "The prepared text is not of the form expected.", {
      cause: data.error,
    });
  }
  return data.data;
}

/**
 * The data stored at `path`; what is missing or damaged there is built and stored.
 *
 * @throws OpnasError DISK_FULL, DATA_FOLDER_UNWRITABLE, and what `build` throws
 */
export async function readOrBuild(
  path: string,
  build: () => Promise<PreparedData>,
  report: DataReport,
): Promise<PreparedData> {
  const stored = await readPrepared(path, report);
  if (stored !== undefined) return stored;
  const data = await build();
  await writeWhole(path, [encodePrepared(data)]);
  return data;
}

/**
 * The data stored at `path`; undefined when there is none or it is damaged, which is told.
 *
 * @throws OpnasError DATA_FOLDER_UNWRITABLE
 */
export async function readPrepared(
  path: string,
  report: DataReport,
): Promise<PreparedData | undefined> {
  try {
    return decodePrepared(await readFile(path));
  } catch (error) {
    if (error instanceof OpnasError && error.code === "CORRUPT_ARTIFACT") {
      report(`The prepared text in ${path} is damaged: preparing it again`, 0);
      return undefined;
    }
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw storageError(error, dirname(path));
  }
}
