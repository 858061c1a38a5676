import { randomUUID } from "node:crypto";
import { mkdir, open, rename, rm } from "node:fs/promises";
import path from "node:path";
import { isMissing, storageError } from "@opnas/artifacts";

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
 * Removes a folder with all that is in it, if there is one; also while another process still writes
 * into it. It gets another name first, so each of that process's writes fails once at most.
 */
export async function removeFolder(folder: string): Promise<void> {
  const removed = `${folder}.${randomUUID()}${draftEnd}`;
  try {
    await rename(folder, removed);
  } catch (error) {
    if (isMissing(error)) return;
    throw error;
  }
  await rm(removed, { recursive: true, force: true });
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
