import { lstat, readdir, readFile, rm, rmdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { isMissing } from "../files/writeAtomically.js";

/** A file of the data folder. */
export interface StoredFile {
  /** Path below the data folder, with slashes. */
  name: string;
  bytes: number;
  /** Time of the last change, in milliseconds since the epoch. */
  modified: number;
}

/** Lists the files below a folder of the data folder; those that go meanwhile are left out. */
export async function listFiles(dataFolder: string, folder: string): Promise<StoredFile[]> {
  const files: StoredFile[] = [];
  for (const name of await filesBelow(dataFolder, folder)) {
    try {
      const { size, mtimeMs } = await lstat(path.join(dataFolder, name));
      files.push({ name, bytes: size, modified: mtimeMs });
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
  }
  return files;
}

async function filesBelow(dataFolder: string, folder: string): Promise<string[]> {
  const names: string[] = [];
  try {
    for (const entry of await readdir(path.join(dataFolder, folder), { withFileTypes: true })) {
      const name = `${folder}/${entry.name}`;
      if (entry.isDirectory()) names.push(...(await filesBelow(dataFolder, name)));
      else if (entry.isFile()) names.push(name);
    }
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
  return names;
}

/** Removes a file that may be gone already, and the folders that are empty without it. */
export async function removeFile(dataFolder: string, name: string): Promise<void> {
  await rm(path.join(dataFolder, name), { force: true });
  const isBelowItsStore = (folder: string) => folder.includes("/");
  for (let folder = path.posix.dirname(name); isBelowItsStore(folder);) {
    try {
      await rmdir(path.join(dataFolder, folder));
    } catch (error) {
      if (isMissing(error)) return;
      const code = error instanceof Error && "code" in error ? error.code : undefined;
      if (code === "ENOTEMPTY" || code === "EEXIST") return;
      throw error;
    }
    folder = path.posix.dirname(folder);
  }
}

/** Reads a small file of the data folder; undefined when it has gone. */
export async function readText(dataFolder: string, name: string): Promise<string | undefined> {
  try {
    return await readFile(path.join(dataFolder, name), "utf8");
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

const markName = "artifacts/database.id";

/**
 * Tells whether the data folder belongs to the database of this id. A folder that belongs to none yet
 * is marked as this one's. Without the mark, the files of a folder that is used with another database
 * for once would all look like files that no row names.
 */
export async function belongsTo(dataFolder: string, databaseId: string): Promise<boolean> {
  const read = async () => (await readText(dataFolder, markName))?.trim();
  const stored = await read();
  if (stored !== undefined) return stored === databaseId;
  try {
    await writeFile(path.join(dataFolder, markName), `${databaseId}\n`, { flag: "wx" });
  } catch (error) {
    const isThere = error instanceof Error && "code" in error && error.code === "EEXIST";
    if (!isThere) throw error;
  }
  return (await read()) === databaseId;
}
