import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { OpnasError } from "@opnas/core";
import { extract, type Header } from "tar-stream";
import {
  archiveFolder,
  archiveFormat,
  artifactFolder,
  digestOf,
  type Manifest,
  manifestName,
  manifestSchema,
  readmeName,
  rowFiles,
} from "./manifest.js";
import { plainTar } from "./plainTar.js";

/** An entry of an archive, whose content is iterated over or passed over by `resume`. */
type Entry = AsyncIterable<unknown> & { header: Header; resume: () => unknown };

/** Limits on an archive that somebody sends. */
export interface ArchiveLimits {
  /** The most bytes of the archive as it is sent. */
  sentBytes: number;
  /** The most bytes of one file of rows. */
  rowBytes: number;
  /** The most artifacts. */
  artifacts: number;
}

/** Limits that are far above the archive of any search: a million candidates take some gigabytes. */
export const usualLimits: ArchiveLimits = {
  sentBytes: 16 * 1024 ** 3,
  rowBytes: 4 * 1024 ** 3,
  artifacts: 1_000,
};

/** The most bytes of the files that people read, and of the two with one row. */
const smallBytes = 16 * 1024 ** 2;
const smallFiles = [readmeName, manifestName, ...rowFiles.filter((name) => name.endsWith(".json"))];

/** Bytes that an archive may expand to: at first so many, and then so many for each that is sent. */
const freeBytes = 64 * 1024 ** 2;
const mostExpansion = 100;

/** A file of a received archive, in a temporary place under a name of our own. */
export interface ReceivedFile {
  name: string;
  file: string;
  bytes: number;
  sha256: string;
}

/** An archive whose files are all there and are what its manifest says. */
export interface ReceivedArchive {
  manifest: Manifest;
  files: ReadonlyMap<string, ReceivedFile>;
}

/**
 * Receives an archive into a folder, with no more of it in memory than a part, and checks it as a whole:
 * names, sizes and checksums. What is in the rows is checked when they are loaded. Names of the archive
 * never become paths.
 * @throws OpnasError `BAD_INPUT` for what is no whole archive, `TOO_LARGE`
 */
export async function receiveArchive(
  source: Readable,
  folder: string,
  limits: ArchiveLimits = usualLimits,
): Promise<ReceivedArchive> {
  const files = new Map<string, ReceivedFile>();
  const size = new SizeLimit(limits.sentBytes);
  const archive = extract();
  const reading = pipeline(
    chunksOf(source),
    (sent: AsyncIterable<Buffer>) => size.sent(sent),
    createGunzip(),
    (expanded: AsyncIterable<Buffer>) => size.expanded(expanded),
    plainTar,
    archive,
  );
  // A failure of the reading also ends the entries, with the same error.
  reading.catch(() => undefined);
  try {
    for await (const entry of archive) {
      const name = nameOf(entry);
      if (name === undefined) {
        entry.resume();
        continue;
      }
      refuse(name, entry.header.size, files, limits);
      files.set(name, await stored(entry, name, path.join(folder, String(files.size))));
    }
    await reading;
  } catch (error) {
    throw unreadable(error);
  }
  return { manifest: await checkedManifest(files), files };
}

/**
 * Gives the chunks of a stream and leaves it as it is when they are no longer wanted: a pipeline would
 * destroy it, and with a request its connection, before the answer is sent.
 */
async function* chunksOf(source: Readable): AsyncGenerator<Buffer, void> {
  for await (const chunk of source.iterator({ destroyOnReturn: false })) {
    if (Buffer.isBuffer(chunk)) yield chunk;
  }
}

/** Counts the bytes of an archive as it is sent and as it expands. */
class SizeLimit {
  private sentBytes = 0;
  private expandedBytes = 0;

  constructor(private readonly most: number) {}

  async *sent(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void> {
    for await (const chunk of source) {
      this.sentBytes += chunk.length;
      if (this.sentBytes > this.most) throw tooLarge(`it has more than ${this.most} bytes`);
      yield chunk;
    }
  }

  async *expanded(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void> {
    for await (const chunk of source) {
      this.expandedBytes += chunk.length;
      if (this.expandedBytes > freeBytes + mostExpansion * this.sentBytes) {
        throw tooLarge(`it expands to more than ${mostExpansion} times its size`);
      }
      yield chunk;
    }
  }
}

/** Returns the name of an entry within the archive's folder; undefined for a folder. */
function nameOf({ header }: Entry): string | undefined {
  if (header.type === "directory" && header.size === 0) return undefined;
  const { name } = header;
  if (!name.startsWith(archiveFolder)) throw misplaced(name);
  return name.slice(archiveFolder.length);
}

const artifactForm =
  /^([0-9a-f-]{36}|trainings\/[0-9a-f-]{36}\/attempt-\d{1,9})\/\w[\w-]*(\.[\w-]+)*$/;

/** Throws for a file that has no place in an archive, is there twice or is too large. */
function refuse(
  name: string,
  bytes: number,
  files: ReadonlyMap<string, ReceivedFile>,
  { rowBytes, artifacts }: ArchiveLimits,
): void {
  if (files.has(name)) throw unusable(`${name} is in it twice`);
  const isArtifact =
    name.startsWith(artifactFolder) && artifactForm.test(name.slice(artifactFolder.length));
  if (isArtifact) {
    const others = [...files.keys()].filter((other) => other.startsWith(artifactFolder)).length;
    if (others >= artifacts) throw tooLarge(`it holds more than ${artifacts} artifacts`);
    return;
  }
  const isSmall = smallFiles.includes(name);
  if (!isSmall && !rowFiles.includes(name)) throw misplaced(name);
  if (bytes > (isSmall ? smallBytes : rowBytes)) throw tooLarge(`${name} has ${bytes} bytes`);
}

async function stored(entry: Entry, name: string, file: string): Promise<ReceivedFile> {
  const hash = createHash("sha256");
  let bytes = 0;
  const noted = async function* (source: AsyncIterable<Buffer>) {
    for await (const chunk of source) {
      hash.update(chunk);
      bytes += chunk.length;
      yield chunk;
    }
  };
  await pipeline(Readable.from(entry), noted, createWriteStream(file, { flags: "wx" }));
  return { name, file, bytes, sha256: hash.digest("hex") };
}

/** Reads the manifest, and compares all other files with it. */
async function checkedManifest(files: ReadonlyMap<string, ReceivedFile>): Promise<Manifest> {
  const found = files.get(manifestName);
  if (found === undefined) throw unusable("its manifest is missing, so that it may be cut off");
  const manifest = parsedManifest(await readFile(found.file, "utf8"));
  const others = [...files.values()].filter(({ name }) => name !== manifestName);
  const stated = new Map(manifest.files.map((file) => [file.name, file]));
  for (const { name, bytes, sha256 } of others) {
    const file = stated.get(name);
    if (file?.bytes === bytes && file.sha256 === sha256) continue;
    throw unusable(`${name} is not what the manifest says`);
  }
  for (const name of [...stated.keys(), ...rowFiles.slice(0, 2)]) {
    if (!files.has(name)) throw unusable(`${name} is missing`);
  }
  if (digestOf(others) !== manifest.digest) throw unusable("its digest is not that of its rows");
  return manifest;
}

function parsedManifest(text: string): Manifest {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw unusable("its manifest is not JSON", error);
  }
  const parsed = manifestSchema.safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const place = [manifestName, ...(issue?.path ?? []).map(String)].join(".");
    throw unusable(`${place}: ${issue?.message ?? "it is no manifest"}`);
  }
  const { format, program } = parsed.data;
  if (format === archiveFormat) return parsed.data;
  throw unusable(
    `its form ${format}, of version ${program}, needs a newer version of this program`,
  );
}

/** Turns an error of unpacking into one about the archive. */
function unreadable(error: unknown): unknown {
  if (error instanceof OpnasError || !(error instanceof Error)) return error;
  const code = "code" in error ? String(error.code) : "";
  // Node's errors of the file system keep their meaning; those of zlib and tar-stream have no such calls.
  if ("syscall" in error || code === "ERR_STREAM_PREMATURE_CLOSE" || code === "ECONNRESET")
    return error;
  return unusable(`it is no whole archive (${error.message})`, error);
}

function misplaced(name: string): OpnasError {
  return unusable(`${JSON.stringify(name.slice(0, 100))} has no place in it`);
}

function tooLarge(reason: string): OpnasError {
  return new OpnasError("TOO_LARGE", `The archive is too large: ${reason}.`);
}

function unusable(reason: string, cause?: unknown): OpnasError {
  return new OpnasError("BAD_INPUT", `The archive cannot be used: ${reason}.`, { cause });
}
