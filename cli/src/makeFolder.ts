import { existsSync, mkdirSync } from "node:fs";
import path from "node:path";

/**
 * Makes a folder with the ones above it, where they are missing, one after the other: mkdir's own
 * `recursive` never returns below /proc (Node 22).
 *
 * @param mode rights of those that are made, less the account's mask
 * @throws the error of `mkdir`
 */
export function makeFolder(folder: string, mode = 0o777): void {
  const absolute = path.resolve(folder);
  if (existsSync(absolute)) return;
  makeFolder(path.dirname(absolute), mode);
  try {
    mkdirSync(absolute, { mode });
  } catch (error) {
    // Another process may have made it meanwhile.
    if (!existsSync(absolute)) throw error;
  }
}
