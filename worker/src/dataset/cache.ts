import { createHash } from "node:crypto";
import { readFile, stat, utimes } from "node:fs/promises";
import { dirname } from "node:path";
import { storageError } from "@opnas/artifacts";
import { OpnasError } from "@opnas/core";
import { z } from "zod";
import { readWordNetFiles } from "../tasks/definition.js";
import type { DataRequest } from "./request.js";
import type { Document } from "../text/corpus.js";
import { writeAtomically } from "../files/writeAtomically.js";
import type { DataReport } from "./build.js";
import { preparedDataSchema } from "../text/schemas.js";
import type { PreparedData } from "../text/types.js";

/**
 * The version of prepared data, part of every cache key: raise it when anything that `prepareData`
 * returns changes, so that no run reads data prepared by older code.
 */
export const preparationVersion = 5;

/**
 * Hashes everything that prepared data depends on (version, request, texts) to 24 hexadecimal
 * digits.
 */
export async function contentKey(
  request: DataRequest,
  documents: readonly Document[],
  vocabulary?: readonly string[],
): Promise<string> {
  const hash = createHash("sha256");
  hash.update(
    JSON.stringify([
      preparationVersion,
      request.vocabulary,
      request.length,
      request.tasks,
      request.evaluationExamples,
      vocabulary,
    ]),
  );
  for (const { name, text } of documents) hash.update(`\n${JSON.stringify(name)}\n`).update(text);
  if (request.tasks.includes("definition")) {
    for (const file of await readWordNetFiles()) hash.update(file);
  }
  return hash.digest("hex").slice(0, 24);
}

/** The place of an array in the file's block of numbers: start and length, in numbers. */
const placeSchema = z.strictObject({ int32: z.tuple([z.int().min(0), z.int().min(0)]) });

const hashBytes = 32;
const prefixBytes = hashBytes + 4;

/**
 * Encodes prepared data: SHA-256 of all that follows, length of the JSON (32 bits), the JSON with a
 * place instead of each array, padding to four bytes, the arrays as little-endian 32-bit integers.
 * Equal data gives equal bytes.
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

/**
 * Decodes bytes that `encodePrepared` wrote.
 * @throws OpnasError CORRUPT_ARTIFACT if they are anything else
 */
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
  const data = preparedDataSchema.safeParse(parsed);
  if (!data.success) {
    throw new OpnasError("CORRUPT_ARTIFACT", "The prepared text is not of the form expected.", {
      cause: data.error,
    });
  }
  return data.data;
}

/**
 * Reads the data stored at `path`; if it is missing or damaged, builds and stores it.
 *
 * @throws OpnasError DISK_FULL, DATA_FOLDER_UNWRITABLE, and as `build`
 */
export async function readOrBuild(
  path: string,
  build: () => Promise<PreparedData>,
  report: DataReport,
): Promise<PreparedData> {
  const stored = await readPrepared(path, report);
  if (stored !== undefined) return stored;
  const data = await build();
  await writeAtomically(path, [encodePrepared(data)]);
  return data;
}

/**
 * Reads the data stored at `path`; undefined if there is none, or if it is damaged, which is
 * reported.
 *
 * @throws OpnasError DATA_FOLDER_UNWRITABLE
 */
export async function readPrepared(
  path: string,
  report: DataReport,
): Promise<PreparedData | undefined> {
  try {
    const data = decodePrepared(await readFile(path));
    await noteUse(path);
    return data;
  } catch (error) {
    if (error instanceof OpnasError && error.code === "CORRUPT_ARTIFACT") {
      report(`The prepared text in ${path} is damaged: preparing it again`, 0);
      return undefined;
    }
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw storageError(error, dirname(path));
  }
}

/** Milliseconds after which a use is noted again. */
const noteEveryMilliseconds = 3_600_000;

/** Notes on a prepared text that it was used, by its time of change: cleaning removes unused ones. */
async function noteUse(path: string): Promise<void> {
  const now = new Date();
  if (now.getTime() - (await stat(path)).mtimeMs < noteEveryMilliseconds) return;
  try {
    await utimes(path, now, now);
  } catch (error) {
    // Another user's file is used all the same; at worst it is prepared again one day.
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code !== "EPERM" && code !== "EACCES" && code !== "EROFS") throw error;
  }
}
