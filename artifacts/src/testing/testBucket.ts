import { mkdtemp, readdir, readFile, rm, utimes } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import S3rver from "s3rver";
import { vi } from "vitest";
import { S3Store } from "../s3Store.js";
import { serveUploads } from "./serverUploads.js";
import { answerWhole, objectEnd } from "./wholeAnswers.js";

/** A real S3-compatible server on this machine, with a folder for it and for the machines that use it. */
export class TestBucket {
  private readonly stores: S3Store[] = [];
  private constructor(
    /** The folder of everything. */
    readonly folder: string,
    private server: S3rver,
    private readonly port: number,
  ) {}

  /** Starts a server with the bucket "bucket" and sets the variables that name it. */
  static async start(): Promise<TestBucket> {
    const folder = await mkdtemp(path.join(tmpdir(), "s3-store-"));
    const server = serverOf(folder, 0);
    const { port } = await server.run();
    vi.stubEnv("AWS_ENDPOINT_URL", `http://127.0.0.1:${String(port)}`);
    vi.stubEnv("AWS_REGION", "us-east-1");
    vi.stubEnv("AWS_ACCESS_KEY_ID", "S3RVER");
    vi.stubEnv("AWS_SECRET_ACCESS_KEY", "S3RVER");
    return new TestBucket(folder, server, port);
  }

  /** Opens the store on a machine of this name, with a cache of so many bytes. */
  machine(name: string, bytes = 1e9, bucket = "bucket"): S3Store {
    const cache = { folder: path.join(this.folder, name, "cache"), bytes };
    const place = { bucket, prefix: "opnas/artifacts" };
    const store = new S3Store(place, path.join(this.folder, name, "artifacts"), cache);
    this.stores.push(store);
    return store;
  }

  /** Starts the server anew as one that lists uploads that have not ended, as Amazon's does. */
  async listUploads(): Promise<void> {
    await this.server.close();
    this.server = serverOf(this.folder, this.port);
    serveUploads(this.server, path.join(this.folder, "server", "bucket"));
    await this.server.run();
  }

  /** Lists the names of the store's objects. */
  async names(): Promise<string[]> {
    const files = await readdir(this.objects, { recursive: true });
    return files
      .flatMap((file) => (file.endsWith(objectEnd) ? [file.slice(0, -objectEnd.length)] : []))
      .sort();
  }

  /** Lists the names of the uploads that have not ended. */
  async uploads(): Promise<string[]> {
    const ids = await readdir(this.openUploads);
    const keys = ids.map((id) => readFile(path.join(this.openUploads, id, "key"), "utf8"));
    return (await Promise.all(keys)).sort();
  }

  /** Sets how many days ago an object changed. */
  async age(name: string, days: number): Promise<void> {
    const time = new Date(Date.now() - days * 24 * 3600 * 1000);
    await utimes(path.join(this.objects, `${name}${objectEnd}`), time, time);
  }

  /** Sets how many days ago the upload of this id began. */
  async ageUpload(id: string, days: number): Promise<void> {
    const time = new Date(Date.now() - days * 24 * 3600 * 1000);
    await utimes(path.join(this.openUploads, id, "key"), time, time);
  }

  private get objects(): string {
    return path.join(this.folder, "server", "bucket", "opnas", "artifacts");
  }

  private get openUploads(): string {
    return path.join(this.folder, "server", "bucket", "._S3rver_uploads");
  }

  /** Stops the server; its objects stay. */
  async away(): Promise<void> {
    await this.server.close();
  }

  /** Starts the server again after `away`. */
  async back(): Promise<void> {
    this.server = serverOf(this.folder, this.port);
    await this.server.run();
  }

  /** Stops the server and removes everything. */
  async end(): Promise<void> {
    for (const store of this.stores) store.end();
    await this.server.close();
    vi.unstubAllEnvs();
    await rm(this.folder, { recursive: true });
  }
}

function serverOf(folder: string, port: number): S3rver {
  const directory = path.join(folder, "server");
  const server = new S3rver({
    port,
    address: "127.0.0.1",
    silent: true,
    directory,
    configureBuckets: [{ name: "bucket" }],
  });
  answerWhole(server, directory);
  return server;
}
