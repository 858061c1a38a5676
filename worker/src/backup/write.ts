import { createHash, randomUUID } from "node:crypto";
import { createWriteStream } from "node:fs";
import { lstat, rename, rm } from "node:fs/promises";
import path from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { isMissing, storageError, type StoredContent } from "@opnas/artifacts";
import { OpnasError } from "@opnas/core";
import { dumpDatabase } from "@opnas/prisma";
import { type Pack, pack } from "tar-stream";
import { type Files, Holdings } from "./holdings.js";
import { type Manifest, manifestName, manifestSchema, tableEntryName } from "./manifest.js";

const compress = promisify(gzip);

/**
 * Writes a backup of database and artifacts to a new file, while the platform runs: a tar archive of the
 * tables' rows at one moment and of the files that are there after it, in the artifact store and beside
 * it, which are never changed once they are named. It has its name when it is complete and on the disk.
 * @throws OpnasError `BAD_INPUT` when there is such a file; `DISK_FULL`, `DATA_FOLDER_UNWRITABLE`,
 * `ARTIFACTS_UNREACHABLE`
 */
export async function writeBackup(
  databaseUrl: string,
  files: Files,
  file: string,
): Promise<Manifest> {
  if (await isThere(file)) {
    throw new OpnasError("BAD_INPUT", `${file} exists already: give another name with --out.`);
  }
  const draft = `${file}.${randomUUID()}.tmp`;
  const archive = pack();
  try {
    const [manifest] = await Promise.all([
      writeEntries(new Entries(archive), databaseUrl, new Holdings(files)),
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
  holdings: Holdings,
): Promise<Manifest> {
  const begun = new Date().toISOString();
  const parts = new Map<string, number>();
  const { tables, migrations } = await dumpDatabase(databaseUrl, async ({ table, rows }) => {
    const part = (parts.get(table) ?? 0) + 1;
    parts.set(table, part);
    await entries.add(tableEntryName(table, part), await compress(JSON.stringify(rows)));
  });
  for (const name of await holdings.list()) {
    const found = await holdings.read(name);
    // Whatever has gone meanwhile, nobody needs.
    if (found !== undefined) await entries.addFile(name, found);
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

  /** Adds a stored file, without more of it in memory than a part. */
  async addFile(name: string, { bytes, content }: StoredContent): Promise<void> {
    await this.write(name, bytes, content);
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

async function isThere(file: string): Promise<boolean> {
  try {
    await lstat(file);
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}
