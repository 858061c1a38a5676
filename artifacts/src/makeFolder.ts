import { mkdir, stat } from "node:fs/promises";
import path from "node:path";
import { OpnasError } from "@opnas/core";

/**
 * Makes a folder with the ones above it, where they are missing, one after the other: mkdir's own
 * `recursive` never returns below /proc (Node 22).
 *
 * @throws OpnasError DATA_FOLDER_UNWRITABLE where no folder can be made; else the error of `mkdir`
 */
export async function makeFolder(folder: string): Promise<void> {
  const absolute = path.resolve(folder);
  if (await isFolder(absolute)) return;
  if (path.dirname(absolute) !== absolute) await makeFolder(path.dirname(absolute));
  try {
    await mkdir(absolute);
  } catch (cause) {
    // Another process may have made it meanwhile.
    if (await isFolder(absolute)) return;
    if (!(cause instanceof Error && "code" in cause && cause.code === "ENOENT")) throw cause;
    const sentence = `No folder can be made at ${absolute}: name one elsewhere.`;
    throw new OpnasError("DATA_FOLDER_UNWRITABLE", sentence, { cause });
  }
}

async function isFolder(folder: string): Promise<boolean> {
  return stat(folder).then(
    (found) => found.isDirectory(),
    () => false,
  );
}
