import { createReadStream } from "node:fs";
import { type FileHandle, open, readdir, stat } from "node:fs/promises";
import path from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { CliError, exitCodes } from "../api/error.js";

/** Milliseconds between two looks at a file that is followed. */
const lookMilliseconds = 250;

/** Bytes that are read at once. */
const chunkBytes = 65_536;

/** Lists the logs of the platform on this machine by name, such as "worker"; none where it never ran. */
export async function logNames(folder: string): Promise<string[]> {
  const files = await readdir(folder).catch((error: unknown) => {
    if (isMissing(error)) return [];
    throw error;
  });
  return files.filter((file) => file.endsWith(".log")).map((file) => file.slice(0, -4));
}

/** Finds a log by its name. @throws CliError that names those that there are */
export async function logFile(folder: string, name: string): Promise<string> {
  const names = await logNames(folder);
  if (names.includes(name)) return path.join(folder, `${name}.log`);
  const known = names.length === 0 ? "none" : names.join(", ");
  const message = `There is no log ${name} in ${folder}; there are: ${known}. Logs of other machines stay there; the log of a run (opnas logs RUN) comes from the API.`;
  throw new CliError(message, exitCodes.usage);
}

/** A log that is read to its end, and from there on with what is added to it. */
export class LogFile {
  private position = 0;
  private rest = Buffer.alloc(0);

  private constructor(
    private readonly file: string,
    private handle: FileHandle,
  ) {}

  static async open(file: string): Promise<LogFile> {
    return new LogFile(file, await open(file));
  }

  close(): Promise<void> {
    return this.handle.close();
  }

  /** Reads the last whole lines that `wanted` keeps, also those before the log was begun anew. */
  async lastLines(count: number, wanted: (line: string) => boolean): Promise<string[]> {
    const lines: string[] = [];
    const keep = (line: string) => {
      if (!wanted(line)) return;
      lines.push(line);
      if (lines.length > 2 * count) lines.splice(0, lines.length - count);
    };
    const before = `${this.file}.1`;
    const inode = await inodeOf(before);
    // Begun anew since it was opened, the log itself has the name of the one before.
    if (inode !== undefined && inode !== (await this.inode())) {
      const input = createReadStream(before);
      for await (const line of createInterface({ input, crlfDelay: Infinity })) keep(line);
    }
    for await (const line of this.newLines()) keep(line);
    return lines.slice(-count);
  }

  /**
   * Yields each line that is added after the last one that was read, until `signal` is aborted. A log
   * that is begun anew meanwhile is read to its end first.
   */
  async *follow(signal: AbortSignal): AsyncGenerator<string> {
    while (!signal.aborted) {
      yield* this.newLines();
      const inode = await inodeOf(this.file);
      if (inode === undefined || inode === (await this.inode())) {
        await sleep(lookMilliseconds, undefined, { signal }).catch(() => undefined);
        continue;
      }
      yield* this.newLines();
      await this.handle.close();
      this.handle = await open(this.file);
      this.position = 0;
      this.rest = Buffer.alloc(0);
    }
  }

  private async inode(): Promise<number> {
    return (await this.handle.stat()).ino;
  }

  private async *newLines(): AsyncGenerator<string> {
    for (;;) {
      const chunk = Buffer.alloc(chunkBytes);
      const { bytesRead } = await this.handle.read(chunk, 0, chunkBytes, this.position);
      if (bytesRead === 0) return;
      this.position += bytesRead;
      const text = Buffer.concat([this.rest, chunk.subarray(0, bytesRead)]);
      const end = text.lastIndexOf("\n");
      this.rest = text.subarray(end + 1);
      if (end >= 0) yield* text.subarray(0, end).toString().split("\n");
    }
  }
}

/** Returns the number by which the file system knows a file; undefined where there is none. */
async function inodeOf(file: string): Promise<number | undefined> {
  return stat(file).then(
    ({ ino }) => ino,
    (error: unknown) => {
      if (isMissing(error)) return undefined;
      throw error;
    },
  );
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}
