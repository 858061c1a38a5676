import { randomUUID } from "node:crypto";
import { createReadStream } from "node:fs";
import { access, mkdir, rename, rm, stat, utimes } from "node:fs/promises";
import path from "node:path";
import type { Readable } from "node:stream";
import { isMissing, storageError } from "./storageError.js";
import { trimCache } from "./cache.js";
import { S3Objects, type S3Place } from "./s3Objects.js";
import type { ArtifactStore, ByteRange, OpenUpload, StoredContent, StoredFile } from "./store.js";
import { checkStoreId } from "./storeId.js";

const idName = "store.id";

/**
 * A store in a bucket of any S3-compatible server. Address, region and credentials come from the usual
 * variables (AWS_ENDPOINT_URL, AWS_REGION, AWS_ACCESS_KEY_ID …). Copies of what was published or read
 * stay in a cache on this machine, up to a size.
 */
export class S3Store implements ArtifactStore {
  readonly holdsTexts = true;
  private readonly objects: S3Objects;
  private knownId: string | undefined;
  private readonly reading = new Map<string, Promise<void>>();

  /**
   * @param folder of the files that trainings write
   * @param cache the folder of copies, and how many bytes they may take
   */
  constructor(
    place: S3Place,
    readonly folder: string,
    private readonly cache: { folder: string; bytes: number },
  ) {
    this.objects = new S3Objects(place, cache.folder);
  }

  get address(): string {
    return this.objects.address;
  }

  end(): void {
    this.objects.end();
  }

  async id(): Promise<string> {
    this.knownId ??= checkStoreId(
      await this.claim(idName, `${randomUUID()}\n`),
      `${this.address}/${idName}`,
    );
    return this.knownId;
  }

  claim(name: string, given: string): Promise<string> {
    return this.objects.claim(name, given);
  }

  /** Uploads a file and makes it the cache's copy. */
  async publish(name: string): Promise<void> {
    const file = path.join(this.folder, name);
    try {
      await stat(file);
    } catch (error) {
      // An earlier try published it and moved it.
      if (isMissing(error) && (await this.objects.has(name))) return;
      throw error;
    }
    await this.objects.upload(name, createReadStream(file));
    const copy = this.copyOf(name);
    try {
      await mkdir(path.dirname(copy), { recursive: true });
      await rename(file, copy);
    } catch (error) {
      throw storageError(error, path.dirname(copy));
    }
    await trimCache(this.cache.folder, this.cache.bytes);
  }

  async local(name: string): Promise<string> {
    const copy = this.copyOf(name);
    try {
      const now = new Date();
      await utimes(copy, now, now); // The cache removes what was not used for longest.
      return copy;
    } catch (error) {
      if (!isMissing(error)) throw storageError(error, path.dirname(copy));
    }
    // All slots of a worker want a new super-net at once.
    const reading = this.reading.get(name) ?? this.fill(name);
    this.reading.set(name, reading);
    await reading.finally(() => this.reading.delete(name));
    return copy;
  }

  async forget(name: string): Promise<boolean> {
    await rm(this.copyOf(name), { force: true });
    return true;
  }

  async remove(name: string): Promise<void> {
    await this.forget(name);
    await rm(path.join(this.folder, name), { force: true });
    await this.unshare(name);
  }

  async share(
    name: string,
    { file = path.join(this.folder, name), signal }: { file?: string; signal?: AbortSignal } = {},
  ): Promise<void> {
    await access(file);
    await this.objects.upload(name, createReadStream(file), signal);
  }

  async bring(name: string, file = path.join(this.folder, name)): Promise<boolean> {
    try {
      await access(file);
      return true;
    } catch (error) {
      if (!isMissing(error)) throw storageError(error, path.dirname(file));
    }
    return this.objects.download(name, file);
  }

  async shared(folder: string): Promise<string[]> {
    const files = await this.list(folder);
    return files.map(({ name }) => name.slice(folder.length + 1));
  }

  list(folder?: string): Promise<StoredFile[]> {
    return this.objects.list(folder);
  }

  read(name: string, range?: ByteRange): Promise<StoredContent | undefined> {
    return this.objects.read(name, range);
  }

  write(name: string, content: Readable): Promise<void> {
    return this.objects.upload(name, content);
  }

  openUploads(): Promise<OpenUpload[] | undefined> {
    return this.objects.openUploads();
  }

  abortUpload(upload: OpenUpload): Promise<void> {
    return this.objects.abortUpload(upload);
  }

  unshare(name: string): Promise<void> {
    return this.objects.remove(name);
  }

  /** Reads a file into the cache, if the bucket has it. */
  private async fill(name: string): Promise<void> {
    if (!(await this.objects.download(name, this.copyOf(name)))) return;
    await trimCache(this.cache.folder, this.cache.bytes);
  }

  private copyOf(name: string): string {
    return path.join(this.cache.folder, name);
  }
}
