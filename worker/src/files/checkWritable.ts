import { randomUUID } from "node:crypto";
import { rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { makeFolder, storageError } from "@opnas/artifacts";

/**
 * Makes a folder and checks that files can be written to it, before hours of work are for nothing.
 * @throws OpnasError DISK_FULL, DATA_FOLDER_UNWRITABLE
 */
export async function checkWritable(folder: string): Promise<void> {
  const probe = path.join(folder, `.writable-${randomUUID()}`);
  try {
    await makeFolder(folder);
    await writeFile(probe, "");
    await rm(probe);
  } catch (error) {
    throw storageError(error, folder);
  }
}
