import { randomUUID } from "node:crypto";
import { link, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { OpnasError } from "@opnas/core";
import { z } from "zod";
import { isMissing, storageError } from "../files/writeAtomically.js";

/**
 * Returns the id of an artifact store, a folder; gives it one when it has none. Workers that see the
 * same folder, on whatever machine, read the same id.
 * @throws OpnasError DATA_FOLDER_UNWRITABLE, DISK_FULL; ARTIFACTS_UNREACHABLE if the id is no UUID
 */
export async function folderId(folder: string): Promise<string> {
  const file = path.join(folder, "store.id");
  const stored = await readId(file);
  if (stored !== undefined) return stored;
  const draft = `${file}.${randomUUID()}`;
  try {
    await mkdir(folder, { recursive: true });
    await writeFile(draft, `${randomUUID()}\n`);
    // Unlike a renaming, a link leaves the id alone that another process gave it meanwhile.
    await link(draft, file);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) {
      throw storageError(error, folder);
    }
  } finally {
    await rm(draft, { force: true });
  }
  const id = await readId(file);
  if (id === undefined) throw new OpnasError("ARTIFACTS_UNREACHABLE", `${file} has disappeared.`);
  return id;
}

async function readId(file: string): Promise<string | undefined> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw storageError(error, path.dirname(file));
  }
  return checkStoreId(text, file);
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
