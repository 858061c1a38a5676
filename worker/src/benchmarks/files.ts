import { readFile } from "node:fs/promises";
import { OpnasError } from "@opnas/core";

/**
 * Reads a text file without its byte order mark.
 * @throws OpnasError BAD_INPUT if it cannot be read
 */
export async function readText(file: string): Promise<string> {
  const text = await readIfThere(file);
  if (text === undefined) throw new OpnasError("BAD_INPUT", `There is no file ${file}.`);
  return text;
}

/**
 * Reads a text file without its byte order mark; undefined if there is no such file.
 * @throws OpnasError BAD_INPUT if it cannot be read
 */
export async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return (await readFile(file, "utf8")).replace(/^\uFEFF/, "");
  } catch (error) {
    if (!(error instanceof Error && "code" in error)) throw error;
    if (error.code === "ENOENT") return undefined;
    throw new OpnasError("BAD_INPUT", `${file} cannot be read: ${error.message}.`, {
      cause: error,
    });
  }
}
