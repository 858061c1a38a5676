import { randomUUID } from "node:crypto";
import { mkdir, open, readdir, rename, rm } from "node:fs/promises";
import path from "node:path";
import { OpnasError } from "@opnas/core";

/**
 * Writes a file atomically and creates its folder if it is missing: a reader sees the old file, the
 * new one or none, also if several processes write it at once or the machine stops in between.
 *
 * @throws OpnasError DISK_FULL, DATA_FOLDER_UNWRITABLE
 */
export async function writeAtomically(
  file: string,
  parts: Iterable<string | Uint8Array>,
): Promise<void> {
  const folder = path.dirname(file);
  try {
    await mkdir(folder, { recursive: true });
    await replace(file, parts);
  } catch (error) {
    throw storageError(error, folder);
  }
}

/**
 * Removes a file that `writeAtomically` wrote, with the drafts of it that killed processes left.
 */
export async function removeWithDrafts(file: string): Promise<void> {
  const folder = path.dirname(file);
  const own = path.basename(file);
  const isOurs = (name: string) =>
    name === own || (name.startsWith(`${own}.`) && name.endsWith(draftEnd));
  for (const name of await readdir(folder)) {
    if (isOurs(name)) await rm(path.join(folder, name), { force: true });
  }
}

const draftEnd = ".tmp";

async function replace(file: string, parts: Iterable<string | Uint8Array>): Promise<void> {
  const draft = `${file}.${randomUUID()}${draftEnd}`;
  const handle = await open(draft, "wx");
  try {
    try {
      for (const part of parts) await handle.writeFile(part);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(draft, file);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

/**
 * Turns an error of the file system at `folder` into an OpnasError; returns any other error
 * unchanged.
 */
export function storageError(error: unknown, folder: string): unknown {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  switch (code) {
    case "ENOSPC":
    case "EDQUOT":
      return new OpnasError("DISK_FULL", `The disk of ${folder} is full: free some space.`, {
        cause: error,
      });
    case "EACCES":
    case "EPERM":
    case "EROFS":
    case "ENOTDIR":
    case "EEXIST":
      return new OpnasError(
        "DATA_FOLDER_UNWRITABLE",
        `${folder} cannot be read or written (${code}).`,
        { cause: error },
      );
    default:
      return error;
  }
}
