import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import path from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip, type Gzip } from "node:zlib";
import type { ArtifactStore } from "@opnas/artifacts";
import { OpnasError } from "@opnas/core";
import { type Pack, pack } from "tar-stream";
import {
  archiveFolder,
  artifactFolder,
  type ArchivedFile,
  type Manifest,
  manifestName,
  readmeName,
} from "./manifest.js";

/** The parts of an archive that is to be written. */
export interface ArchiveParts {
  readme: string;
  /** Files of rows, in their order, and the folder that holds them. */
  rows: readonly ArchivedFile[];
  folder: string;
  /** Names of artifacts in the store. */
  artifacts: readonly string[];
  store: ArtifactStore;
  /** Time of all entries: the same run gives the same bytes. */
  time: Date;
  /** Gives the manifest of the files that were written. */
  manifestOf(files: ArchivedFile[]): Manifest;
}

/** Gives an archive as a stream of bytes, in whose memory is no more of a file than a part. */
export function packArchive(parts: ArchiveParts): Gzip {
  const archive = pack();
  const gzip = createGzip();
  pipeline(archive, gzip).catch(() => undefined); // the error also ends the stream that is given
  writeEntries(archive, parts).then(
    () => archive.finalize(),
    (error: unknown) => gzip.destroy(error instanceof Error ? error : new Error(String(error))),
  );
  gzip.once("close", () => archive.destroy());
  return gzip;
}

async function writeEntries(archive: Pack, parts: ArchiveParts): Promise<void> {
  const entries = new Entries(archive, parts.time);
  await entries.addText(readmeName, parts.readme);
  for (const { name, bytes } of parts.rows) {
    await entries.add(name, bytes, createReadStream(path.join(parts.folder, name)));
  }
  for (const name of parts.artifacts) {
    const found = await parts.store.read(name);
    if (found === undefined) {
      throw new OpnasError("FILE_MISSING", `The artifact ${name} is no longer in the store.`);
    }
    await entries.add(`${artifactFolder}${name}`, found.bytes, found.content);
  }
  const manifest = parts.manifestOf([...entries.written]);
  await entries.addText(manifestName, `${JSON.stringify(manifest, null, 2)}\n`);
}

/** The entries of an archive that is being written, with their checksums. */
class Entries {
  readonly written: ArchivedFile[] = [];

  constructor(
    private readonly archive: Pack,
    private readonly mtime: Date,
  ) {}

  async addText(name: string, text: string): Promise<void> {
    const content = Buffer.from(text);
    await this.add(name, content.length, Readable.from([content]));
  }

  async add(name: string, bytes: number, content: Readable): Promise<void> {
    const hash = createHash("sha256");
    const noted = async function* (source: AsyncIterable<Buffer>) {
      for await (const chunk of source) {
        hash.update(chunk);
        yield chunk;
      }
    };
    const header = { name: `${archiveFolder}${name}`, size: bytes, mtime: this.mtime };
    await pipeline(content, noted, this.archive.entry(header));
    this.written.push({ name, bytes, sha256: hash.digest("hex") });
  }
}
