import { createHash, randomUUID } from "node:crypto";
import { createWriteStream } from "node:fs";
import { lstat, open, readdir, rename, rm } from "node:fs/promises";
import path from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { OpnasError } from "@opnas/core";
import { dumpDatabase } from "@opnas/prisma";
import { type Pack, pack } from "tar-stream";
import { isMissing, storageError } from "../files/writeAtomically.js";
import {
  type Manifest,
  manifestName,
  manifestSchema,
  storedFolders,
  tableEntryName,
} from "./manifest.js";

const compress = promisify(gzip);

/** Drafts that an attempt has not named yet. */
const draftForm = /\.tmp(\/|$)/;

/**
 * Writes a backup of database and artifacts to a new file, while the platform runs: a tar archive of the
 * tables' rows at one moment and of the files that are there after it, which are never changed once they
 * are named. It has its name when it is complete and on the disk.
 * @throws OpnasError `BAD_INPUT` when there is such a file; `DISK_FULL`, `DATA_FOLDER_UNWRITABLE`
 */
export async function writeBackup(
  databaseUrl: string,
  dataFolder: string,
  file: string,
): Promise<Manifest> {
  if (await isThere(file)) {
    throw new OpnasError("BAD_INPUT", `${file} exists already: give another name with --out.`);
  }
  const draft = `${file}.${randomUUID()}.tmp`;
  const archive = pack();
  try {
    const [manifest] = await Promise.all([
      writeEntries(new Entries(archive), databaseUrl, dataFolder),
      pipeline(archive, createWriteStream(draft, { flags: "wx", flush: true })),
    ]);
    await rename(draft, file);
    return manifest;
  } catch (error) {
    archive.destroy();
    await rm(draft, { force: true });
    throw storageError(error, path.dirname(path.resolve(file)));
  }
}

async function writeEntries(
  entries: Entries,
  databaseUrl: string,
  dataFolder: string,
): Promise<Manifest> {
  const begun = new Date().toISOString();
  const parts = new Map<string, number>();
  const { tables, migrations } = await dumpDatabase(databaseUrl, async ({ table, rows }) => {
    const part = (parts.get(table) ?? 0) + 1;
    parts.set(table, part);
    await entries.add(tableEntryName(table, part), await compress(JSON.stringify(rows)));
  });
  for (const folder of storedFolders) {
    for (const name of await filesBelow(dataFolder, folder)) {
      if (!draftForm.test(name)) await entries.addFile(dataFolder, name);
    }
  }
  const before = [...entries.written];
  const manifest: Manifest = { format: 1, begun, migrations, tables, entries: before };
  await entries.add(manifestName, Buffer.from(JSON.stringify(manifestSchema.parse(manifest))));
  entries.end();
  return manifest;
}

/** The entries of an archive that is being written, with their checksums. */
class Entries {
  readonly written: Manifest["entries"] = [];

  constructor(private readonly archive: Pack) {}

  async add(name: string, content: Buffer): Promise<void> {
    await this.write(name, content.length, Readable.from([content]));
  }

  /** Adds a file of the data folder, unless it has gone meanwhile. */
  async addFile(dataFolder: string, name: string): Promise<void> {
    let handle;
    try {
      handle = await open(path.join(dataFolder, name));
    } catch (error) {
      if (isMissing(error)) return;
      throw error;
    }
    try {
      const { size } = await handle.stat();
      await this.write(name, size, handle.createReadStream({ autoClose: false }));
    } finally {
      await handle.close();
    }
  }

  end(): void {
    this.archive.finalize();
  }

  private async write(name: string, bytes: number, content: Readable): Promise<void> {
    const hash = createHash("sha256");
    const noted = async function* (source: AsyncIterable<Buffer>) {
      for await (const chunk of source) {
        hash.update(chunk);
        yield chunk;
      }
    };
    await pipeline(content, noted, this.archive.entry({ name, size: bytes }));
    this.written.push({ name, bytes, sha256: hash.digest("hex") });
  }
}

/** Lists the files below a folder of the data folder, sorted; none where there is no such folder. */
async function filesBelow(dataFolder: string, folder: string): Promise<string[]> {
  let entries;
  try {
    entries = await readdir(path.join(dataFolder, folder), { withFileTypes: true });
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
  const names = await Promise.all(
    entries.map(async (entry) => {
      const name = `${folder}/${entry.name}`;
      if (entry.isDirectory()) return filesBelow(dataFolder, name);
      return entry.isFile() ? [name] : [];
    }),
  );
  return names.flat().sort();
}

async function isThere(file: string): Promise<boolean> {
  try {
    await lstat(file);
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}
