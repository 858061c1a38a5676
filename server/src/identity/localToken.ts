import { randomBytes, timingSafeEqual } from "node:crypto";
import { chmod, link, mkdir, open, readFile, rm } from "node:fs/promises";
import path from "node:path";
import { toOpnasError } from "@opnas/core";
import { z } from "zod";

/** The name of the token's file in the data folder. */
export const tokenFileName = "api-token";

const tokenSchema = z
  .string()
  .trim()
  .regex(/^[\w-]{43}$/);

/**
 * Reads the token that proves the owner of the data folder, and writes it first where there is none:
 * 256 random bits in a file that only this account of the machine can read. Two servers that start at
 * once on one folder get the same token.
 * @throws OpnasError for a folder that cannot be written
 */
export async function readLocalToken(dataFolder: string): Promise<string> {
  const file = path.join(dataFolder, tokenFileName);
  try {
    await mkdir(dataFolder, { recursive: true });
    const found = await readToken(file);
    if (found !== undefined) return found;
    await rm(file, { force: true });
    const draft = `${file}.${randomBytes(6).toString("hex")}`;
    const handle = await open(draft, "wx", 0o600);
    try {
      await handle.writeFile(`${randomBytes(32).toString("base64url")}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
    // A link is made whole or not at all, and never over the file of another server.
    await link(draft, file).catch((error: unknown) => {
      if (!isSystemError(error, "EEXIST")) throw error;
    });
    await rm(draft);
    return tokenSchema.parse(await readFile(file, "utf8"));
  } catch (error) {
    throw toOpnasError(error);
  }
}

/** Reads the token of a file, whose mode is set again; undefined where there is none that is whole. */
async function readToken(file: string): Promise<string | undefined> {
  try {
    const text = await readFile(file, "utf8");
    await chmod(file, 0o600);
    return tokenSchema.safeParse(text).data;
  } catch (error) {
    if (isSystemError(error, "ENOENT")) return undefined;
    throw error;
  }
}

function isSystemError(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}

/** Compares two secrets in a time that does not depend on where they differ. */
export function isSameSecret(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}
