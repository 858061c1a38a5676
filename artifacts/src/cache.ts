import { readdir, rm, stat } from "node:fs/promises";
import path from "node:path";
import { isMissing } from "./storageError.js";

/** Seconds after its last use in which a file stays: it may just be written, or read for the first time. */
const inUseSeconds = 60;

/**
 * Removes files of a cache that were not used for longest until it takes no more than `bytes`; those
 * used within the last minute stay whatever their size.
 */
export async function trimCache(folder: string, bytes: number): Promise<void> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = [];
  for (const entry of entries) {
    if (!entry.isFile()) continue;
    const file = path.join(entry.parentPath, entry.name);
    try {
      const { size, mtimeMs } = await stat(file);
      files.push({ file, size, usedAt: mtimeMs });
    } catch (error) {
      if (!isMissing(error)) throw error; // Another process removed it.
    }
  }
  let total = files.reduce((sum, { size }) => sum + size, 0);
  for (const { file, size, usedAt } of files.sort((a, b) => a.usedAt - b.usedAt)) {
    if (total <= bytes || usedAt > Date.now() - inUseSeconds * 1000) return;
    await rm(file, { force: true });
    total -= size;
  }
}
