import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { isMissing, storageError } from "@opnas/artifacts";
import { OpnasError } from "@opnas/core";
import { loadDatabase, type TablePart } from "@opnas/prisma";
import { extract, type Header } from "tar-stream";
import { type Files, Holdings } from "./holdings.js";
import {
  isStoredFile,
  type Manifest,
  manifestName,
  manifestSchema,
  rowsSchema,
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
 * Restores database and artifacts from a backup, which is verified first. The database is loaded in one
 * transaction, within which the files go into the artifact store, of whatever kind. What was there
 * before, and is not in the backup, goes once the database is loaded. After a failure the database is as
 * it was, and files that are new in the store have no row that names them.
 * @param replace true to remove what database, store and data folder hold
 * @throws OpnasError as `verifyBackup` and `loadDatabase`; `WRONG_STATE` for a store or data folder with
 * artifacts that is not to be replaced; `ARTIFACTS_UNREACHABLE`, `DISK_FULL`, `DATA_FOLDER_UNWRITABLE`
 */
export async function restoreBackup(
  databaseUrl: string,
  files: Files,
  file: string,
  { replace }: { replace: boolean },
): Promise<Manifest> {
  const manifest = await verifyBackup(file);
  const holdings = new Holdings(files);
  if (!replace) await refuseFilled(holdings);
  const marks = new Map<string, Buffer>();
  try {
    await loadDatabase(databaseUrl, manifest, unpack(file, holdings, marks), { replace });
    await holdings.removeOthers(new Set(manifest.entries.map(({ name }) => name)));
    for (const [name, content] of marks) await holdings.write(name, Readable.from([content]));
    return manifest;
  } catch (error) {
    throw storageError(error, files.dataFolder);
  }
}

/** Files that tell whose the store is; they are written when all else is there. */
const markNames = ["artifacts/store.id", "artifacts/database.id"];

/** Writes the files of a backup, but its marks, which are kept, and gives the parts of its tables. */
async function* unpack(
  file: string,
  holdings: Holdings,
  marks: Map<string, Buffer>,
): AsyncGenerator<TablePart> {
  for await (const entry of entriesOf(file)) {
    const { name } = entry.header;
    const table = tableOf(name);
    if (table !== undefined) {
      const text = (await decompress(await buffer(entry))).toString();
      yield { table, rows: rowsSchema.parse(JSON.parse(text)) };
    } else if (markNames.includes(name)) marks.set(name, await buffer(entry));
    else if (isStoredFile(name)) await holdings.write(name, Readable.from(entry));
    else entry.resume();
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

/** @throws OpnasError `WRONG_STATE` when there are artifacts already */
async function refuseFilled(holdings: Holdings): Promise<void> {
  const filled = await holdings.filled();
  if (filled === undefined) return;
  const message = `${filled} is not empty. Say --replace to remove all that the platform keeps there, the database included, or choose another place.`;
  throw new OpnasError("WRONG_STATE", message);
}

function damaged(file: string, reason: string, cause?: unknown): OpnasError {
  const message = `${file} is no whole backup: ${reason}. Nothing was restored; take another one.`;
  return new OpnasError("CORRUPT_ARTIFACT", message, { cause });
}
