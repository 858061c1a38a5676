import { randomUUID } from "node:crypto";
import { link, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { OpnasError } from "@opnas/core";
import { z } from "zod";
import { isMissing, storageError } from "./storageError.js";

/**
 * Returns the id of an artifact store, a folder; gives it one when it has none. Workers that see the
 * same folder, on whatever machine, read the same id.
 * @throws OpnasError DATA_FOLDER_UNWRITABLE, DISK_FULL; ARTIFACTS_UNREACHABLE if the id is no UUID
 */
export async function folderId(folder: string): Promise<string> {
  const file = path.join(folder, "store.id");
  return checkStoreId(await claimFile(file, `${randomUUID()}\n`), file);
}

/**
 * Writes a small file unless there is one, and returns the text of the one that is there; also while
 * other processes do so.
 * @throws OpnasError DATA_FOLDER_UNWRITABLE, DISK_FULL; CORRUPT_ARTIFACT if the file disappears
 */
export async function claimFile(file: string, text: string): Promise<string> {
  const stored = await readText(file);
  if (stored !== undefined) return stored;
  const folder = path.dirname(file);
  const draft = `${file}.${randomUUID()}`;
  try {
    await mkdir(folder, { recursive: true });
    await writeFile(draft, text);
    // Unlike a renaming, a link leaves the file alone that another process made meanwhile.
    await link(draft, file);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) {
      throw storageError(error, folder);
    }
  } finally {
    await rm(draft, { force: true });
  }
  const claimed = await readText(file);
  if (claimed === undefined)
    throw new OpnasError("ARTIFACTS_UNREACHABLE", `${file} has disappeared.`);
  return claimed;
}

async function readText(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw storageError(error, path.dirname(file));
  }
}

/**
 * Returns the id of a store that was read from `place`.
 * @throws OpnasError ARTIFACTS_UNREACHABLE if it is no UUID: no run is to fail for it
 */
export function checkStoreId(text: string, place: string): string {
  const id = z.uuid().safeParse(text.trim());
  if (!id.success) {
    throw new OpnasError(
      "ARTIFACTS_UNREACHABLE",
      `${place} holds no id of a store: if OPNAS_ARTIFACTS is right, remove that file, and the next worker gives the store a new one.`,
    );
  }
  return id.data;
}
