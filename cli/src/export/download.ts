import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { rm, stat } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { besideGraphql } from "../api/besideGraphql.js";
import { CliError, exitCodes } from "../api/error.js";
import type { ExportState } from "../api/exports.js";
import { showProgress } from "../follow/progress.js";

/** Times that a download which breaks off without having got further is tried again. */
const maxAttempts = 5;

/** Milliseconds between two attempts. */
const pauseMilliseconds = 1_000;

type Archive = Pick<ExportState, "link" | "bytes" | "checksum">;

/**
 * Downloads the archive of an export to a file, from where an earlier attempt broke off, and compares it
 * with its checksum.
 * @param read reads the export, with a new link
 * @throws CliError when the platform refuses it, stays away or sends something else; the file stays for
 *   a next attempt unless it is another
 */
export async function download(
  address: string,
  read: () => Promise<Archive>,
  file: string,
  signal: AbortSignal,
): Promise<void> {
  const progress = showProgress<number>(process.stderr, (fraction) => ({
    fraction,
    what: "is downloaded",
    left: "",
    stage: "download",
  }));
  try {
    for (let attempts = 0; ; attempts++) {
      const before = await sizeOf(file);
      try {
        const { checksum } = await goOn(address, await read(), file, {
          signal,
          onPart: (fraction) => progress.state(fraction),
        });
        await compare(file, checksum ?? "");
        return;
      } catch (error) {
        if (error instanceof CliError || signal.aborted || isOfDisk(error)) throw error;
        if ((await sizeOf(file)) > before) attempts = 0;
        if (attempts >= maxAttempts) {
          const message = `The download from ${address} broke off again and again: repeat the command, it goes on from there.`;
          throw new CliError(message, exitCodes.failed, { cause: error });
        }
        await sleep(pauseMilliseconds, undefined, { signal });
      }
    }
  } finally {
    progress.stop();
  }
}

/** Downloads what is missing of the archive. */
async function goOn(
  address: string,
  archive: Archive,
  file: string,
  { signal, onPart }: { signal: AbortSignal; onPart: (fraction: number) => void },
): Promise<Archive> {
  const { link, checksum, bytes } = archive;
  if (link == null || bytes == null) {
    throw new CliError("The export is not there any more: repeat the command.", exitCodes.failed);
  }
  const start = await sizeOf(file);
  if (start === bytes) return archive;
  const headers = { Range: `bytes=${start}-`, "If-Range": `"${checksum ?? ""}"` };
  const response = await fetch(besideGraphql(address, link.url), { headers, signal });
  if (response.status !== 206 && response.status !== 200) {
    const message = `The archive cannot be downloaded: ${await sentenceOf(response)}`;
    throw new CliError(message, exitCodes.failed);
  }
  if (response.body === null) throw new Error("The answer is empty.");
  let done = response.status === 206 ? start : 0;
  const counted = async function* (parts: AsyncIterable<Uint8Array>) {
    for await (const part of parts) {
      done += part.length;
      onPart(done / bytes);
      yield part;
    }
  };
  const body = Readable.from(response.body);
  await pipeline(body, counted, createWriteStream(file, { flags: done > 0 ? "a" : "w" }), {
    signal,
  });
  return archive;
}

/** Throws, and removes the file, unless it has this SHA-256. */
async function compare(file: string, checksum: string): Promise<void> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(file), hash);
  if (hash.digest("hex") === checksum) return;
  await rm(file);
  const message = "The archive arrived damaged and was removed: repeat the command.";
  throw new CliError(message, exitCodes.failed);
}

async function sizeOf(file: string): Promise<number> {
  try {
    return (await stat(file)).size;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return 0;
    throw error;
  }
}

function isOfDisk(error: unknown): boolean {
  return error instanceof Error && "syscall" in error && "path" in error;
}

/** Reads the API's sentence about a refusal. */
async function sentenceOf(response: Response): Promise<string> {
  const text = await response.text();
  const [, message] = /"message":"((?:[^"\\]|\\.)*)"/.exec(text) ?? [];
  return message ?? `${response.status} ${response.statusText}`;
}
