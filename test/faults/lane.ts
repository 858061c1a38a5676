import { readFile, rm } from "node:fs/promises";
import { execFileSync } from "node:child_process";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { createClient, type Database, openQueue, type Queue } from "@opnas/prisma";
import { freePort } from "@opnas/prisma/embedded";
import { startProxy } from "@opnas/prisma/testing/proxy";
import { openDatabase } from "../../start/database.mjs";
import { Supervised } from "../../start/supervise.mjs";
import { Bucket } from "../support/bucket.ts";
import { dataFolderOf, makeLaneFolder, mountSmallDisk } from "./laneFolder.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const clock = path.join(root, "test", "faults", "clock.mjs");
const programs = {
  real: path.join(root, "worker", "dist", "main.js"),
  recorded: path.join(root, "test", "faults", "recordedWorker.ts"),
};

/** A worker of a lane, with its own way to the database. */
export interface LaneWorker {
  process: Supervised;
  proxy: Awaited<ReturnType<typeof startProxy>>;
  clockFile: string;
}

/** Input of `Lane.start`. */
export interface LaneOptions {
  /** Recorded trainers, which replay the file `recording`, or real ones. */
  trainers: "real" | "recorded";
  recording?: string;
  workers: number;
  /** Place of the artifacts: a folder that the workers share, or a bucket, so that they share no folder. */
  store: "folder" | "bucket";
  /** Receives lines about what ended and is started again. */
  say: (line: string) => void;
}

/**
 * A whole platform on one machine: an embedded Postgres, a server and some workers, each under the launcher's own
 * supervision, and each worker behind a proxy to the database.
 */
export class Lane {
  readonly folder: string;
  readonly db: Database;
  readonly queue: Queue;
  readonly server: Supervised;
  readonly workers: LaneWorker[];
  readonly apiPort: number;
  readonly isSmallDisk: boolean;
  readonly bucket: Bucket | undefined;
  private readonly stopDatabase: () => Promise<void>;
  private readonly cluster: string;

  private constructor(parts: {
    folder: string;
    db: Database;
    queue: Queue;
    server: Supervised;
    workers: LaneWorker[];
    apiPort: number;
    isSmallDisk: boolean;
    bucket: Bucket | undefined;
    stopDatabase: () => Promise<void>;
    cluster: string;
  }) {
    this.folder = parts.folder;
    this.db = parts.db;
    this.queue = parts.queue;
    this.server = parts.server;
    this.workers = parts.workers;
    this.apiPort = parts.apiPort;
    this.isSmallDisk = parts.isSmallDisk;
    this.bucket = parts.bucket;
    this.stopDatabase = parts.stopDatabase;
    this.cluster = parts.cluster;
  }

  /** Starts all parts and waits until they are ready. */
  static async start(options: LaneOptions): Promise<Lane> {
    const folder = await makeLaneFolder();
    const isSmallDisk = mountSmallDisk(dataFolderOf(folder));
    const { say, store } = options;
    const bucket = store === "bucket" ? new Bucket(path.join(folder, "bucket")) : undefined;
    await bucket?.start();
    const database = await openDatabase(
      { dataFolder: folder, databaseUrl: undefined },
      { step: (_title, work) => work(() => undefined), line: say, clear: () => undefined },
      (error) => say(error.message),
    );
    const apiPort = await freePort();
    const supervise = (name: string, args: string[], env: NodeJS.ProcessEnv) =>
      new Supervised({
        name,
        args,
        cwd: root,
        env: { ...process.env, ...env },
        log: path.join(folder, "logs", `${name}.log`),
        say,
        // A round lasts seconds and ends many processes: the pauses must not grow as those of a broken program do.
        limits: { firstPause: 500, longestPause: 500, ready: 120_000 },
      });
    const server = supervise("server", ["server/dist/main.js"], {
      DATABASE_URL: database.url,
      OPNAS_API_PORT: String(apiPort),
    });
    const workers = await Promise.all(
      Array.from({ length: options.workers }, async (_, index) => {
        const proxy = await startProxy(database.url);
        const clockFile = path.join(folder, `clock-${index}`);
        const process = supervise(
          `worker-${index}`,
          ["--import", clock, programs[options.trainers]],
          {
            ...bucket?.environment,
            DATABASE_URL: proxy.url,
            OPNAS_DATA_DIR: path.join(folder, "data", bucket === undefined ? "" : `${index}`),
            OPNAS_WORKER_SLOTS: "2",
            OPNAS_WORKER_NAME: `worker-${index}`,
            OPNAS_TEST_CLOCK: clockFile,
            OPNAS_TEST_RECORDING: options.recording,
          },
        );
        return { process, proxy, clockFile };
      }),
    );
    const db = createClient(database.url);
    const queue = await openQueue(database.url, { supervise: false, onError: () => undefined });
    await Promise.all([server.ready, ...workers.map((worker) => worker.process.ready)]);
    return new Lane({
      folder,
      db,
      queue,
      server,
      workers,
      apiPort,
      isSmallDisk,
      bucket,
      stopDatabase: () => database.stop(),
      cluster: database.folder ?? "",
    });
  }

  /** The folder of the workers' files, on a disk of its own where `isSmallDisk`. */
  get dataFolder(): string {
    return path.join(this.folder, "data");
  }

  /** Returns the process id of Postgres' first process; undefined while it is down. */
  async postgresPid(): Promise<number | undefined> {
    const text = await readFile(path.join(this.cluster, "postmaster.pid"), "utf8").catch(() => "");
    return Number(text.split("\n", 1)[0]) || undefined;
  }

  /** Stops everything and removes the folder. */
  async stop(): Promise<void> {
    await Promise.all([this.server.stop(), ...this.workers.map(({ process }) => process.stop())]);
    await Promise.all(this.workers.map(({ proxy }) => proxy.stop()));
    await this.queue.stop({ graceful: false });
    await this.db.$disconnect();
    await this.stopDatabase();
    await this.bucket?.stop();
    if (this.isSmallDisk) execFileSync("umount", [this.dataFolder]);
    await rm(this.folder, { recursive: true, force: true });
  }
}
