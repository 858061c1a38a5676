import { randomUUID } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { access, mkdir, rename, rm, stat, utimes } from "node:fs/promises";
import path from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import {
  DeleteObjectCommand,
  GetObjectCommand,
  paginateListObjectsV2,
  PutObjectCommand,
  S3Client,
  S3ServiceException,
} from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";
import { OpnasError } from "@opnas/core";
import { z } from "zod";
import { isMissing, storageError } from "../files/writeAtomically.js";
import { trimCache } from "./cache.js";
import { abortUpload, openUploads } from "./s3Uploads.js";
import {
  type ArtifactStore,
  isPlain,
  type OpenUpload,
  type StoredContent,
  type StoredFile,
} from "./store.js";
import { checkStoreId } from "./storeId.js";

/** A part of a bucket that holds a store. */
export interface S3Place {
  bucket: string;
  /** Begin of all keys, without a slash at its end; empty for the whole bucket. */
  prefix: string;
}

const idName = "store.id";

/** Milliseconds that the writing of an id may take at the most. */
const writingMilliseconds = 1_000;

/** Milliseconds without a connection, and without a byte over one, after which a server is out of reach. */
const [connectionTimeout, socketTimeout] = [10_000, 60_000];

/**
 * A store in a bucket of any S3-compatible server. Address, region and credentials come from the usual
 * variables (AWS_ENDPOINT_URL, AWS_REGION, AWS_ACCESS_KEY_ID …). Copies of what was published or read
 * stay in a cache on this machine, up to a size.
 */
export class S3Store implements ArtifactStore {
  readonly address: string;
  readonly holdsTexts = true;
  private readonly client: S3Client;
  private knownId: string | undefined;
  private readonly reading = new Map<string, Promise<void>>();

  /**
   * @param folder of the files that trainings write
   * @param cache the folder of copies, and how many bytes they may take
   */
  constructor(
    private readonly place: S3Place,
    readonly folder: string,
    private readonly cache: { folder: string; bytes: number },
  ) {
    this.address = `s3://${[place.bucket, place.prefix].filter((part) => part !== "").join("/")}`;
    const isOther = (process.env.AWS_ENDPOINT_URL_S3 ?? process.env.AWS_ENDPOINT_URL) !== undefined;
    this.client = new S3Client({
      // Servers other than Amazon's seldom have a host name for each bucket.
      forcePathStyle: isOther,
      requestHandler: { connectionTimeout, socketTimeout },
    });
  }

  end(): void {
    this.client.destroy();
  }

  async id(): Promise<string> {
    this.knownId ??= checkStoreId(
      await this.claim(idName, `${randomUUID()}\n`),
      `${this.address}/${idName}`,
    );
    return this.knownId;
  }

  /** Writes a file unless there is one; of writers at once, the server takes one. */
  async claim(name: string, given: string): Promise<string> {
    return this.reach(async () => {
      const stored = await this.textOf(name);
      if (stored) return stored;
      await this.put(name, given, { IfNoneMatch: "*" });
      const kept = await this.textOf(name);
      if (kept !== "") return kept ?? "";
      // A writer is at work, or was killed within it: some servers keep what such a one had sent, nothing.
      await sleep(writingMilliseconds);
      if ((await this.textOf(name)) === "") await this.put(name, given, {});
      return (await this.textOf(name)) ?? "";
    });
  }

  /** Reads a small object; undefined where there is none. */
  private async textOf(name: string): Promise<string | undefined> {
    const stored = await this.get(name);
    return stored === undefined ? undefined : text(stored.content);
  }

  /** Uploads a file and makes it the cache's copy. */
  async publish(name: string): Promise<void> {
    const file = path.join(this.folder, name);
    try {
      await stat(file);
    } catch (error) {
      // An earlier try published it and moved it.
      if (isMissing(error) && (await this.has(name))) return;
      throw error;
    }
    await this.upload(name, createReadStream(file));
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
    await this.upload(name, createReadStream(file), signal);
  }

  async bring(name: string, file = path.join(this.folder, name)): Promise<boolean> {
    try {
      await access(file);
      return true;
    } catch (error) {
      if (!isMissing(error)) throw storageError(error, path.dirname(file));
    }
    return this.download(name, file);
  }

  async shared(folder: string): Promise<string[]> {
    const files = await this.list(folder);
    return files.map(({ name }) => name.slice(folder.length + 1));
  }

  list(folder = ""): Promise<StoredFile[]> {
    const { Bucket, Key: root } = this.objectOf("");
    const Prefix = folder === "" ? root : `${root}${folder}/`;
    return this.reach(async () => {
      const files: StoredFile[] = [];
      const pages = paginateListObjectsV2({ client: this.client }, { Bucket, Prefix });
      for await (const { Contents = [] } of pages) {
        for (const { Key = "", Size = 0, LastModified } of Contents) {
          const name = Key.slice(root.length);
          // An object of unknown age counts as new.
          const modified = LastModified?.getTime() ?? Date.now();
          if (isPlain(name)) files.push({ name, bytes: Size, modified });
        }
      }
      return files.sort((a, b) => (a.name < b.name ? -1 : 1));
    });
  }

  async read(name: string): Promise<StoredContent | undefined> {
    const found = await this.reach(() => this.get(name));
    if (found === undefined) return undefined;
    const { content, bytes } = found;
    const failing = (error: unknown) => this.unreachable(error);
    const noted = async function* (): AsyncGenerator {
      try {
        yield* content;
      } catch (error) {
        throw failing(error);
      }
    };
    return { bytes, content: Readable.from(noted()) };
  }

  write(name: string, content: Readable): Promise<void> {
    return this.upload(name, content);
  }

  openUploads(): Promise<OpenUpload[] | undefined> {
    return this.reach(() => openUploads(this.client, this.objectOf("")));
  }

  abortUpload(upload: OpenUpload): Promise<void> {
    return this.reach(() => abortUpload(this.client, this.objectOf(upload.name), upload));
  }

  async unshare(name: string): Promise<void> {
    await this.reach(() => this.client.send(new DeleteObjectCommand(this.objectOf(name))));
  }

  /** Uploads a file's content, in parts where it is large, with checksums. */
  private async upload(name: string, content: Readable, signal?: AbortSignal): Promise<void> {
    const params = {
      ...this.objectOf(name),
      Body: content,
      ChecksumAlgorithm: "SHA256",
    } as const;
    const upload = new Upload({ client: this.client, params });
    const stop = () => void upload.abort();
    signal?.addEventListener("abort", stop);
    try {
      await this.reach(() => upload.done());
    } finally {
      signal?.removeEventListener("abort", stop);
    }
  }

  /** Writes a small object, with `IfNoneMatch` only if there is none. */
  private async put(name: string, Body: string, condition: { IfNoneMatch?: "*" }): Promise<void> {
    const params = { ...this.objectOf(name), Body, ...condition };
    try {
      await this.client.send(new PutObjectCommand(params));
    } catch (error) {
      // Such an object, or one under way, is there already.
      const taken = ["PreconditionFailed", "ConditionalRequestConflict"];
      if (!(error instanceof S3ServiceException && taken.includes(error.name))) throw error;
    }
  }

  /** Returns true when the bucket has a file of this name. */
  private async has(name: string): Promise<boolean> {
    const found = await this.reach(() => this.get(name));
    found?.content.destroy();
    return found !== undefined;
  }

  /** Returns an object's bytes; undefined where there is no such object. */
  private async get(name: string): Promise<StoredContent | undefined> {
    try {
      const { Body, ContentLength } = await this.client.send(
        new GetObjectCommand(this.objectOf(name)),
      );
      return {
        bytes: z.number().parse(ContentLength),
        content: z.instanceof(Readable).parse(Body),
      };
    } catch (error) {
      if (error instanceof S3ServiceException && error.name === "NoSuchKey") return undefined;
      throw error;
    }
  }

  /** Reads a file into the cache, if the bucket has it. */
  private async fill(name: string): Promise<void> {
    if (!(await this.download(name, this.copyOf(name)))) return;
    await trimCache(this.cache.folder, this.cache.bytes);
  }

  /** Writes an object to a file, of which a reader sees the whole or none; false without such an object. */
  private async download(name: string, file: string): Promise<boolean> {
    const found = await this.reach(() => this.get(name));
    if (found === undefined) return false;
    const draft = `${file}.${randomUUID()}.tmp`;
    await this.reach(async () => {
      try {
        await mkdir(path.dirname(file), { recursive: true });
        await pipeline(found.content, createWriteStream(draft));
        await rename(draft, file);
      } finally {
        await rm(draft, { force: true });
      }
    });
    return true;
  }

  /** Does something with the server; errors of this machine's file system keep their codes. */
  private async reach<T>(act: () => Promise<T>): Promise<T> {
    try {
      return await act();
    } catch (error) {
      throw this.unreachable(error);
    }
  }

  private unreachable(error: unknown): unknown {
    const known = storageError(error, this.cache.folder);
    if (known instanceof OpnasError) return known;
    const { name, message } = error instanceof Error ? error : new Error(String(error));
    return new OpnasError(
      "ARTIFACTS_UNREACHABLE",
      `The artifact store ${this.address} does not answer as it should (${message === "" ? name : message}): check OPNAS_ARTIFACTS, AWS_ENDPOINT_URL, AWS_REGION and the credentials.`,
      { cause: error },
    );
  }

  private objectOf(name: string): { Bucket: string; Key: string } {
    const { bucket, prefix } = this.place;
    return { Bucket: bucket, Key: prefix === "" ? name : `${prefix}/${name}` };
  }

  private copyOf(name: string): string {
    return path.join(this.cache.folder, name);
  }
}
