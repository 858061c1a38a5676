import { createHash, type Hash } from "node:crypto";
import { type FileHandle, open } from "node:fs/promises";
import path from "node:path";
import { type CollectedRun, collectRun } from "@opnas/prisma";
import type { ArchivedFile } from "./manifest.js";

/** A run's rows as files of an archive. */
export interface SpooledRun {
  run: CollectedRun;
  /** The files, in the order in which they were written. */
  files: ArchivedFile[];
}

interface OpenFile {
  name: string;
  bytes: number;
  hash: Hash;
  handle: FileHandle | undefined;
}

/**
 * Writes the rows of a run, as they are at one moment, to the files of a folder. They are read at the
 * pace of the disk, so that a slow reader of the archive holds no database connection.
 * @param folder where the files go; undefined to compute their checksums only
 * @returns undefined when there is no such run
 */
export async function spoolRun(
  databaseUrl: string,
  runId: string,
  folder: string | undefined,
): Promise<SpooledRun | undefined> {
  const files = new Map<string, OpenFile>();
  const openFile = async (name: string): Promise<OpenFile> => {
    const handle = folder === undefined ? undefined : await open(path.join(folder, name), "wx");
    const file = { name, bytes: 0, hash: createHash("sha256"), handle };
    files.set(name, file);
    return file;
  };
  try {
    const run = await collectRun(databaseUrl, runId, async (name, text) => {
      const file = files.get(name) ?? (await openFile(name));
      const bytes = Buffer.from(text);
      file.bytes += bytes.length;
      file.hash.update(bytes);
      await file.handle?.appendFile(bytes);
    });
    if (run === undefined) return undefined;
    const written = [...files.values()].map(({ name, bytes, hash }) => {
      return { name, bytes, sha256: hash.digest("hex") };
    });
    return { run, files: written };
  } finally {
    for (const { handle } of files.values()) await handle?.close();
  }
}
