import { realpath } from "node:fs/promises";
import { isAbsolute, join, relative, sep } from "node:path";

import { OpnasError } from "@opnas/core";

/**
 * Returns the real path of `name` below the folder of users' texts. Paths that lead elsewhere, also
 * by a link, are refused: starting a search must not give access to the rest of the disk.
 *
 * @throws OpnasError BAD_INPUT if there is no such folder or name, or if it leads out
 */
export async function resolveInTexts(texts: string, name: string): Promise<string> {
  const root = await realPath(
    texts,
    `The worker has no folder ${texts} for texts: make it and put "${name}" there, or set OPNAS_TEXT_DIR.`,
  );
  const path = await realPath(
    join(root, name),
    `There is no "${name}" in the worker's folder for texts, ${texts}.`,
  );
  const way = relative(root, path);
  if (way === "" || way === ".." || way.startsWith(`..${sep}`) || isAbsolute(way)) {
    throw new OpnasError(
      "BAD_INPUT",
      `"${name}" leads out of the worker's folder for texts, ${texts}: put the files themselves there, or set OPNAS_TEXT_DIR to where they are.`,
    );
  }
  return path;
}

async function realPath(path: string, otherwise: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    throw new OpnasError("BAD_INPUT", otherwise, { cause: error });
  }
}
