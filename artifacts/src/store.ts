import { randomUUID } from "node:crypto";
import { createWriteStream } from "node:fs";
import { lstat, mkdir, open, readdir, rename, rm } from "node:fs/promises";
import path from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { isMissing, storageError } from "./storageError.js";
import { claimFile, folderId } from "./storeId.js";

/** A file that is stored somewhere. */
export interface StoredFile {
  /** Path in its store, with slashes; none of its parts is empty, "." or "..". */
  name: string;
  bytes: number;
  /** Time of the last change, in milliseconds since the epoch. */
  modified: number;
}

/** The content of a stored file or of a part of it, which is read to its end or destroyed. */
export interface StoredContent {
  /** Bytes of the content. */
  bytes: number;
  content: Readable;
}

/** A part of a file: the numbers of its first and last byte, from 0. */
export interface ByteRange {
  first: number;
  last: number;
}

/** An upload that is under way or was cut off, and costs space in a bucket. */
export interface OpenUpload {
  name: string;
  uploadId: string;
  /** Time at which it began, in milliseconds since the epoch. */
  begun: number;
}

/** The place that a run's results are published to and that all its workers read. */
export interface ArtifactStore {
  /** Folder of this machine that trainings write their files to, before these are published. */
  readonly folder: string;
  /** Begin of the addresses by which a person finds published files. */
  readonly address: string;
  /** True where prepared texts lie in the store too, since its machines see no common folder. */
  readonly holdsTexts: boolean;
  /**
   * Returns an id that is the same for all workers of this store; gives it one when it has none.
   * @throws OpnasError ARTIFACTS_UNREACHABLE; DATA_FOLDER_UNWRITABLE or DISK_FULL for a folder
   */
  id(): Promise<string>;
  /**
   * Publishes a file, which stands in the store's folder under this name; repeating it is harmless.
   * @throws OpnasError ARTIFACTS_UNREACHABLE
   */
  publish(name: string): Promise<void>;
  /**
   * Returns the path of a published file on this machine, which may be a copy in a cache; there is no
   * such file where the store has none.
   * @throws OpnasError ARTIFACTS_UNREACHABLE
   */
  local(name: string): Promise<string>;
  /** Removes this machine's copy of a file; returns false where there are no copies. */
  forget(name: string): Promise<boolean>;
  /**
   * Removes a published file, if there is one.
   * @throws OpnasError ARTIFACTS_UNREACHABLE
   */
  remove(name: string): Promise<void>;
  /**
   * Uploads a file, which stays in its place, for other machines to go on from; does nothing where they
   * see the same folder.
   * @param file its path on this machine, by default of that name in the store's folder
   * @throws OpnasError ARTIFACTS_UNREACHABLE; Node's error if the file is missing or the signal aborts
   */
  share(name: string, options?: { file?: string; signal?: AbortSignal }): Promise<void>;
  /**
   * Brings a shared file to its path on this machine, unless there is one already.
   * @returns false where no machine has shared it, and where they see the same folder
   * @throws OpnasError ARTIFACTS_UNREACHABLE
   */
  bring(name: string, file?: string): Promise<boolean>;
  /**
   * Lists the files that machines have shared in a folder; none where they see the same folder.
   * @throws OpnasError ARTIFACTS_UNREACHABLE
   */
  shared(folder: string): Promise<string[]>;
  /**
   * Removes a shared file, if there is one; what is on this machine stays.
   * @throws OpnasError ARTIFACTS_UNREACHABLE
   */
  unshare(name: string): Promise<void>;
  /**
   * Lists all files of the store, or those below one of its folders, sorted by name; those that go
   * meanwhile may be left out.
   * @throws OpnasError ARTIFACTS_UNREACHABLE
   */
  list(folder?: string): Promise<StoredFile[]>;
  /**
   * Reads a file; undefined where the store has none of this name.
   * @param range the part to read, which lies within the file
   * @throws OpnasError ARTIFACTS_UNREACHABLE, also while the content is read
   */
  read(name: string, range?: ByteRange): Promise<StoredContent | undefined>;
  /**
   * Writes a file, in place of the one of this name; a reader sees the whole or none of it.
   * @throws OpnasError ARTIFACTS_UNREACHABLE; DATA_FOLDER_UNWRITABLE or DISK_FULL for a folder
   */
  write(name: string, content: Readable): Promise<void>;
  /**
   * Writes a small file unless there is one of this name, and returns the text of the one that is there.
   * @throws OpnasError ARTIFACTS_UNREACHABLE; DATA_FOLDER_UNWRITABLE or DISK_FULL for a folder
   */
  claim(name: string, text: string): Promise<string>;
  /**
   * Lists uploads that have not ended; undefined where the server does not tell.
   * @throws OpnasError ARTIFACTS_UNREACHABLE
   */
  openUploads(): Promise<OpenUpload[] | undefined>;
  /**
   * Ends an upload, if it has not ended, and frees its space.
   * @throws OpnasError ARTIFACTS_UNREACHABLE
   */
  abortUpload(upload: OpenUpload): Promise<void>;
  /** Ends the store's connections. */
  end(): void;
}

/** A store that is a folder, which workers of several machines may share. */
export class FolderStore implements ArtifactStore {
  readonly holdsTexts = false;

  constructor(
    readonly folder: string,
    readonly address = folder,
  ) {}

  id(): Promise<string> {
    return folderId(this.folder);
  }

  /** Does nothing: what trainings write stands in its place already. */
  publish(): Promise<void> {
    return Promise.resolve();
  }

  local(name: string): Promise<string> {
    return Promise.resolve(path.join(this.folder, name));
  }

  forget(): Promise<boolean> {
    return Promise.resolve(false);
  }

  async remove(name: string): Promise<void> {
    await rm(path.join(this.folder, name), { force: true });
  }

  share(): Promise<void> {
    return Promise.resolve();
  }

  bring(): Promise<boolean> {
    return Promise.resolve(false);
  }

  shared(): Promise<string[]> {
    return Promise.resolve([]);
  }

  unshare(): Promise<void> {
    return Promise.resolve();
  }

  async list(folder = ""): Promise<StoredFile[]> {
    const files: StoredFile[] = [];
    for (const name of await this.namesBelow(folder)) {
      try {
        const { size, mtimeMs } = await lstat(path.join(this.folder, name));
        files.push({ name, bytes: size, modified: mtimeMs });
      } catch (error) {
        if (!isMissing(error)) throw error;
      }
    }
    return files.sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  async read(name: string, range?: ByteRange): Promise<StoredContent | undefined> {
    let handle;
    try {
      handle = await open(path.join(this.folder, name));
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw storageError(error, this.folder);
    }
    const { size } = await handle.stat();
    const { first, last } = range ?? { first: 0, last: size - 1 };
    if (last < first) {
      await handle.close();
      return { bytes: 0, content: Readable.from([]) };
    }
    const content = handle.createReadStream({ start: first, end: last });
    return { bytes: last + 1 - first, content };
  }

  async write(name: string, content: Readable): Promise<void> {
    const file = path.join(this.folder, name);
    const draft = `${file}.${randomUUID()}.tmp`;
    try {
      await mkdir(path.dirname(file), { recursive: true });
      await pipeline(content, createWriteStream(draft, { flags: "wx", flush: true }));
      await rename(draft, file);
    } catch (error) {
      await rm(draft, { force: true });
      throw storageError(error, path.dirname(file));
    }
  }

  claim(name: string, text: string): Promise<string> {
    return claimFile(path.join(this.folder, name), text);
  }

  /** Returns none: what a writer leaves in a folder is a file. */
  openUploads(): Promise<OpenUpload[]> {
    return Promise.resolve([]);
  }

  abortUpload(): Promise<void> {
    return Promise.resolve();
  }

  private async namesBelow(folder: string): Promise<string[]> {
    const names: string[] = [];
    try {
      const entries = await readdir(path.join(this.folder, folder), { withFileTypes: true });
      for (const entry of entries) {
        const name = path.posix.join(folder, entry.name);
        if (entry.isDirectory()) names.push(...(await this.namesBelow(name)));
        else if (entry.isFile()) names.push(name);
      }
    } catch (error) {
      if (!isMissing(error)) throw storageError(error, this.folder);
    }
    return names;
  }

  end(): void {
    // A folder has no connections.
  }
}

/** Returns true for a name that stands for a file and leads out of no folder; a key may hold any signs. */
export function isPlain(name: string): boolean {
  return name.split("/").every((part) => part !== "" && part !== "." && part !== "..");
}
