import { readFile } from "node:fs/promises";
import { isMissing } from "@opnas/artifacts";
import { OpnasError } from "@opnas/core";
import type { z } from "zod";

/**
 * Reads a JSON file of another program.
 * @returns undefined if there is no such file
 * @throws OpnasError BAD_INPUT naming the file, and the field where it is not of the form
 */
export async function readJson<T>(file: string, schema: z.ZodType<T>): Promise<T | undefined> {
  const text = await readText(file);
  if (text === undefined) return undefined;
  const parsed = schema.safeParse(jsonOf(file, text));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const place = issue?.path.join(".") ?? "";
  throw badFile(file, `${place === "" ? "it" : place}: ${issue?.message ?? "not valid"}`);
}

/**
 * Reads a text file of another program.
 * @returns undefined if there is no such file
 */
export async function readText(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** Makes the error of a file that cannot be imported. */
export function badFile(file: string, what: string): OpnasError {
  return new OpnasError("BAD_INPUT", `${file} cannot be imported: ${what}.`);
}

function jsonOf(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new OpnasError("BAD_INPUT", `${file} is not JSON.`, { cause });
  }
}
