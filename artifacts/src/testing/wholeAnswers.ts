import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type S3rver from "s3rver";
import { isMissing } from "../storageError.js";

/** End of the name of a file in which s3rver keeps an object. */
export const objectEnd = "._S3rver_object";

/** Milliseconds between two looks at a file, and of all looks at one. */
const [step, longest] = [5, 5_000];

/**
 * Lets a server answer a write when the object's file is whole. By itself s3rver answers when the bytes
 * have arrived: a reader at once may see less, and the file's time may change after the answer.
 * @param directory of the server's buckets
 */
export function answerWhole(server: S3rver, directory: string): void {
  server.middleware.unshift(async (exchange, next) => {
    await next();
    const { method, query, status } = exchange;
    const isObject = method === "PUT" && query.partNumber === undefined;
    const isUpload = method === "POST" && query.uploadId !== undefined;
    if (status !== 200 || !(isObject || isUpload)) return;
    const file = path.join(directory, `${decodeURIComponent(exchange.path)}${objectEnd}`);
    // Of writers at once the server may keep the bytes of one and the digest of another, for ever.
    const end = Date.now() + longest;
    while (Date.now() < end && !(await isWhole(file))) await sleep(step);
  });
}

/** Tells whether a file's content is what the server took down of it; one that was removed since is. */
async function isWhole(file: string): Promise<boolean> {
  const digest = await read(`${file}.md5`);
  if (digest === undefined) return true;
  const content = await read(file);
  return (
    content !== undefined && createHash("md5").update(content).digest("hex") === String(digest)
  );
}

async function read(file: string): Promise<Buffer | undefined> {
  try {
    return await readFile(file);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}
