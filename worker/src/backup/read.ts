import { createHash, randomUUID } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, readdir, rename, rm } from "node:fs/promises";
import path from "node:path";
import { buffer } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { OpnasError } from "@opnas/core";
import { loadDatabase, type TablePart } from "@opnas/prisma";
import { extract, type Header } from "tar-stream";
import { isMissing, storageError } from "../files/writeAtomically.js";
import {
  isStoredFile,
  type Manifest,
  manifestName,
  manifestSchema,
  rowsSchema,
  storedFolders,
  tableOf,
} from "./manifest.js";

const decompress = promisify(gunzip);

/** An entry of an archive, whose content is iterated over or passed over by `resume`. */
type Entry = AsyncIterable<unknown> & { header: Header; resume: () => unknown };

/**
 * Reads a whole backup and compares every entry with its checksum.
 * @throws OpnasError `NOT_FOUND`; `CORRUPT_ARTIFACT` when it is damaged, cut off or no backup
 */
export async function verifyBackup(file: string): Promise<Manifest> {
  const found: Manifest["entries"] = [];
  let manifest: Manifest | undefined;
  try {
    for await (const entry of entriesOf(file)) {
      if (entry.header.name === manifestName) {
        manifest = manifestSchema.parse(JSON.parse((await buffer(entry)).toString()));
      } else found.push(await checkedEntry(entry));
    }
  } catch (error) {
    if (isMissing(error)) {
      throw new OpnasError("NOT_FOUND", `There is no file ${file}.`, { cause: error });
    }
    throw damaged(file, "it cannot be read as one", error);
  }
  if (manifest === undefined) throw damaged(file, "its end is missing");
  for (const [index, stated] of manifest.entries.entries()) {
    const entry = found[index];
    const isSame =
      entry?.name === stated.name && entry.bytes === stated.bytes && entry.sha256 === stated.sha256;
    if (!isSame) throw damaged(file, `${stated.name} does not match its checksum`);
    if (tableOf(stated.name) === undefined && !isStoredFile(stated.name)) {
      throw damaged(file, `${stated.name} has no place in the data folder`);
    }
  }
  if (found.length !== manifest.entries.length) throw damaged(file, "it holds more than it states");
  return manifest;
}

/**
 * Restores database and artifacts from a backup, which is verified first. Files are unpacked beside
 * those that are there and take their place when the database is loaded, which happens in one
 * transaction.
 * @param replace true to remove what database and data folder hold
 * @throws OpnasError as `verifyBackup` and `loadDatabase`; `WRONG_STATE` for a data folder with
 * artifacts that is not to be replaced
 */
export async function restoreBackup(
  databaseUrl: string,
  dataFolder: string,
  file: string,
  { replace }: { replace: boolean },
): Promise<Manifest> {
  const manifest = await verifyBackup(file);
  if (!replace) await refuseFilled(dataFolder);
  const work = path.join(dataFolder, `restore.${randomUUID()}.tmp`);
  try {
    for (const folder of storedFolders) await mkdir(path.join(work, folder), { recursive: true });
    await loadDatabase(databaseUrl, manifest, unpack(file, work), { replace });
    for (const folder of storedFolders) {
      const place = path.join(dataFolder, folder);
      await rm(place, { recursive: true, force: true });
      await rename(path.join(work, folder), place);
    }
    return manifest;
  } catch (error) {
    throw storageError(error, dataFolder);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** Unpacks the files of a backup into a folder, and gives the parts of its tables. */
async function* unpack(file: string, folder: string): AsyncGenerator<TablePart> {
  for await (const entry of entriesOf(file)) {
    const { name } = entry.header;
    const table = tableOf(name);
    if (table !== undefined) {
      const text = (await decompress(await buffer(entry))).toString();
      yield { table, rows: rowsSchema.parse(JSON.parse(text)) };
    } else if (isStoredFile(name)) {
      const target = path.join(folder, name);
      await mkdir(path.dirname(target), { recursive: true });
      await pipeline(entry, createWriteStream(target, { flags: "wx", flush: true }));
    } else entry.resume();
  }
}

/** Gives the entries of an archive one after the other; each must be read to its end. */
async function* entriesOf(file: string): AsyncGenerator<Entry> {
  const archive = extract();
  const reading = pipeline(createReadStream(file), archive);
  // A failure of the reading also ends the entries, with the same error.
  reading.catch(() => undefined);
  for await (const entry of archive) yield entry;
  await reading;
}

async function checkedEntry(entry: Entry): Promise<Manifest["entries"][number]> {
  const hash = createHash("sha256");
  let bytes = 0;
  for await (const chunk of entry) {
    if (!Buffer.isBuffer(chunk)) continue;
    hash.update(chunk);
    bytes += chunk.length;
  }
  return { name: entry.header.name, bytes, sha256: hash.digest("hex") };
}

/** @throws OpnasError `WRONG_STATE` when there are artifacts in the data folder */
async function refuseFilled(dataFolder: string): Promise<void> {
  for (const folder of storedFolders) {
    const names = await readdir(path.join(dataFolder, folder)).catch((error: unknown) => {
      if (isMissing(error)) return [];
      throw error;
    });
    if (names.length === 0) continue;
    const message = `${path.join(dataFolder, folder)} is not empty. Say --replace to remove all that is in it, the database included, or choose another data folder.`;
    throw new OpnasError("WRONG_STATE", message);
  }
}

function damaged(file: string, reason: string, cause?: unknown): OpnasError {
  const message = `${file} is no whole backup: ${reason}. Nothing was restored; take another one.`;
  return new OpnasError("CORRUPT_ARTIFACT", message, { cause });
}
