import { readdir, readFile, rm } from "node:fs/promises";
import path from "node:path";
import { freePort } from "@opnas/prisma/embedded";
import S3rver from "s3rver";
import { readTree } from "./readTree.ts";

/** End of the name of a file in which the server keeps an object. */
const objectEnd = "._S3rver_object";

/** A bucket of a real S3-compatible server over HTTP, which can be stopped and started again. */
export class Bucket {
  private readonly folder: string;
  private server: S3rver | undefined;
  private port = 0;

  /** @param folder of the server's files, which stay when it is stopped */
  constructor(folder: string) {
    this.folder = folder;
  }

  /** Starts the server, after the first time at the address that it had; does nothing while it runs. */
  async start(): Promise<void> {
    if (this.server !== undefined) return;
    this.port ||= await freePort();
    this.server = new S3rver({
      port: this.port,
      address: "127.0.0.1",
      silent: true,
      directory: this.folder,
      configureBuckets: [{ name: "opnas" }],
    });
    await this.server.run();
  }

  /** Stops the server; clients meet a refused connection. */
  async stop(): Promise<void> {
    const { server } = this;
    this.server = undefined;
    await server?.close();
  }

  /** Puts the files of a folder below a key. */
  async put(folder: string, key: string): Promise<void> {
    for (const name of await readdir(folder)) {
      const address = `http://127.0.0.1:${String(this.port)}/opnas/here/${key}/${name}`;
      const body = await readFile(path.join(folder, name));
      const { status } = await fetch(address, { method: "PUT", body });
      if (status !== 200) throw new Error(`The bucket answers ${String(status)}.`);
    }
  }

  /** Lists the keys of the objects, below the prefix of `environment`. */
  async keys(): Promise<string[]> {
    const files = await readTree(path.join(this.folder, "opnas", "here"));
    return files.flatMap((file) =>
      file.endsWith(objectEnd) ? [file.slice(0, -objectEnd.length)] : [],
    );
  }

  /** Removes an object. */
  async remove(key: string): Promise<void> {
    const file = path.join(this.folder, "opnas", "here", key);
    for (const end of [objectEnd, "._S3rver_object.md5", "._S3rver_metadata.json"]) {
      await rm(`${file}${end}`);
    }
  }

  /** Variables with which a worker keeps its artifacts in this bucket. */
  get environment(): NodeJS.ProcessEnv {
    return {
      OPNAS_ARTIFACTS: "s3://opnas/here",
      AWS_ENDPOINT_URL: `http://127.0.0.1:${String(this.port)}`,
      AWS_REGION: "us-east-1",
      AWS_ACCESS_KEY_ID: "S3RVER",
      AWS_SECRET_ACCESS_KEY: "S3RVER",
    };
  }
}
