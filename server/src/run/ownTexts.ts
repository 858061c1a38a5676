import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Context } from "../context.js";
import { InputError } from "../input.js";

/** The most names of folders that an error lists. */
const mostNames = 20;

/**
 * Refuses a text or a vocabulary that is not there, before a worker looks for it. Where the server does
 * not know the folder in which the workers look (OPNAS_TEXT_DIR), nothing is refused.
 *
 * @param path the fields that lead to the text in the request
 * @throws InputError that names the field, and the folders that there are to a caller who may see all
 */
export async function refuseMissingText(
  { textFolder, teamIds }: Pick<Context, "textFolder" | "teamIds">,
  text: { folder: string | null; vocabulary: string | null } | null,
  path: readonly string[],
): Promise<void> {
  if (textFolder === undefined || text === null) return;
  const { folder, vocabulary } = text;
  if (folder !== null && !(await isThere(join(textFolder, folder)))) {
    const listed = teamIds === undefined ? await listing(textFolder) : "";
    const message = `there is no folder “${folder}” for a text in ${textFolder}.${listed}`;
    throw new InputError({ path: [...path, "folder"], message: reason(path, "folder", message) });
  }
  if (vocabulary !== null && !(await isThere(join(textFolder, vocabulary)))) {
    const message = `there is no file “${vocabulary}” in ${textFolder}.`;
    const field = "vocabulary";
    throw new InputError({ path: [...path, field], message: reason(path, field, message) });
  }
}

function reason(path: readonly string[], field: string, message: string): string {
  return `${[...path, field].join(".")} cannot be used: ${message}`;
}

async function isThere(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}

/** Names the folders for texts. */
async function listing(textFolder: string): Promise<string> {
  const entries = await readdir(textFolder, { withFileTypes: true }).catch(() => []);
  const names = entries.flatMap((entry) => (entry.isDirectory() ? [entry.name] : [])).sort();
  if (names.length === 0) return " There is none yet.";
  const rest = names.length > mostNames ? " and others" : "";
  return ` There are: ${names.slice(0, mostNames).join(", ")}${rest}.`;
}
