import { randomUUID } from "node:crypto";
import { createWriteStream } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
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
import { storageError } from "./storageError.js";
import { abortUpload, openUploads } from "./s3Uploads.js";
import {
  type ByteRange,
  isPlain,
  type OpenUpload,
  type StoredContent,
  type StoredFile,
} from "./store.js";

/** A part of a bucket that holds a store. */
export interface S3Place {
  bucket: string;
  /** Begin of all keys, without a slash at its end; empty for the whole bucket. */
  prefix: string;
}

/** Milliseconds that the writing of an id may take at the most. */
const writingMilliseconds = 1_000;

/** Milliseconds without a connection, and without a byte over one, after which a server is out of reach. */
const [connectionTimeout, socketTimeout] = [10_000, 60_000];

/**
 * The objects of a part of a bucket. Whatever the server answers but "no such object" is thrown as
 * ARTIFACTS_UNREACHABLE; errors of this machine's file system keep their codes.
 */
export class S3Objects {
  readonly address: string;
  private readonly client: S3Client;

  /** @param folder of this machine that errors of its file system name */
  constructor(
    private readonly place: S3Place,
    private readonly folder: string,
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

  /** Writes a small object unless there is one; of writers at once, the server takes one. */
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

  /** Lists the objects of a folder, or all, by name. */
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

  /** Reads an object, or a part of it; undefined where there is none. */
  async read(name: string, range?: ByteRange): Promise<StoredContent | undefined> {
    const found = await this.reach(() => this.get(name, range));
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

  /** Uploads a file's content, in parts where it is large, with checksums. */
  async upload(name: string, content: Readable, signal?: AbortSignal): Promise<void> {
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

  /** Returns true when the bucket has a file of this name. */
  async has(name: string): Promise<boolean> {
    const found = await this.reach(() => this.get(name));
    found?.content.destroy();
    return found !== undefined;
  }

  /** Writes an object to a file, of which a reader sees the whole or none; false without such an object. */
  async download(name: string, file: string): Promise<boolean> {
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

  /** Removes an object, if there is one. */
  async remove(name: string): Promise<void> {
    await this.reach(() => this.client.send(new DeleteObjectCommand(this.objectOf(name))));
  }

  /** Lists the uploads that have not ended; undefined where the server does not tell them. */
  openUploads(): Promise<OpenUpload[] | undefined> {
    return this.reach(() => openUploads(this.client, this.objectOf("")));
  }

  /** Ends an upload, if it has not ended. */
  abortUpload(upload: OpenUpload): Promise<void> {
    return this.reach(() => abortUpload(this.client, this.objectOf(upload.name), upload));
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

  /** Returns the bytes of an object, or of a part of it; undefined where there is no such object. */
  private async get(name: string, range?: ByteRange): Promise<StoredContent | undefined> {
    const Range = range && `bytes=${range.first}-${range.last}`;
    try {
      const { Body, ContentLength } = await this.client.send(
        new GetObjectCommand({ ...this.objectOf(name), Range }),
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

  /** Does something with the server; errors of this machine's file system keep their codes. */
  private async reach<T>(act: () => Promise<T>): Promise<T> {
    try {
      return await act();
    } catch (error) {
      throw this.unreachable(error);
    }
  }

  private unreachable(error: unknown): unknown {
    const known = storageError(error, this.folder);
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
}
