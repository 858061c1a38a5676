import { createHash } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import path from "node:path";
import { cacheFolder } from "@opnas/worker/internals";
import { note } from "../common/progress.ts";

/** A file of a public repository; it is never part of this one. */
export interface PublicFile {
  /** The name of the file in the cache. */
  name: string;
  address: string;
  /** SHA-256 of its content, as hexadecimal digits. */
  sha256: string;
}

/** A public file that is not in the cache and cannot be downloaded, or is not what it should be. */
export class TableUnavailable extends Error {}

/** Returns the folder of downloaded tables. */
export function tableFolder(): string {
  return path.join(cacheFolder(), "tables");
}

/**
 * Returns the content of a public file: from the cache, or downloaded into it.
 *
 * @param download whether to download it where it is not in the cache
 * @throws TableUnavailable in a sentence that says where to put the file by hand
 */
export async function contentOf(
  file: PublicFile,
  download: boolean,
  folder: string = tableFolder(),
): Promise<string> {
  const target = path.join(folder, file.name);
  const byHand = `put ${file.address} there by hand as ${target}`;
  const present = await readFile(target).catch((error: unknown) => {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  });
  if (present) {
    if (sha256Of(present) === file.sha256) return present.toString();
    throw new TableUnavailable(`${target} is damaged (its SHA-256 is another): ${byHand}.`);
  }
  if (!download) throw new TableUnavailable(`${file.name} is not in the cache: ${byHand}.`);
  note(`downloading ${file.address}`);
  const content = await downloaded(file.address).catch((cause: unknown) => {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const message = `${file.address} is out of reach (${reason}): ${byHand}.`;
    throw new TableUnavailable(message, { cause });
  });
  if (sha256Of(content) !== file.sha256) {
    throw new TableUnavailable(`${file.address} is another file now (by SHA-256): ${byHand}.`);
  }
  await mkdir(folder, { recursive: true });
  const draft = `${target}.${process.pid}.writing`;
  await writeFile(draft, content);
  await rename(draft, target);
  return content.toString();
}

async function downloaded(address: string): Promise<Buffer> {
  const response = await fetch(address, { signal: AbortSignal.timeout(120_000) });
  if (!response.ok) throw new Error(`status ${response.status}`);
  return Buffer.from(await response.arrayBuffer());
}

function sha256Of(content: Buffer): string {
  return createHash("sha256").update(content).digest("hex");
}
