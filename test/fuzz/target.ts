import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { createClient, migrate, openQueue } from "@opnas/prisma";
import { startEmbeddedPostgres } from "@opnas/prisma/embedded";
import { SearchDriver } from "../../server/src/testing/searchDriver.ts";

const main = fileURLToPath(new URL("../../server/dist/main.js", import.meta.url));

/** The heap of the server, in MiB: memory that grows with the requests ends it. */
const heapMegabytes = 400;

/** A real server over a database of its own, as a process that hostile requests are sent to. */
export class Target {
  /** Ids of stored rows, names of presets, and cursors: what a request may know. */
  readonly known: readonly string[];
  /** Texts of another team, none of which an answer may hold. While there are no teams, there are none. */
  readonly marks: readonly string[] = [];
  port = 0;
  crashes = 0;
  /** The server's lines about errors. */
  errorLog = "";
  private child: ChildProcess | undefined;
  private isStopping = false;
  private readonly databaseUrl: string;
  private readonly stopDatabase: () => Promise<void>;

  private constructor(
    databaseUrl: string,
    known: readonly string[],
    stopDatabase: () => Promise<void>,
  ) {
    this.databaseUrl = databaseUrl;
    this.known = known;
    this.stopDatabase = stopDatabase;
  }

  /** Starts Postgres, stores a few runs, and starts the server. */
  static async start(): Promise<Target> {
    const folder = await mkdtemp(path.join(tmpdir(), "opnas-fuzz-"));
    const postgres = await startEmbeddedPostgres({ folder: path.join(folder, "postgres") });
    await migrate(postgres.url);
    const known = await storeRuns(postgres.url);
    const target = new Target(postgres.url, known, async () => {
      await postgres.stop();
      await rm(folder, { recursive: true, force: true });
    });
    await target.startServer();
    return target;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** The resident memory of the server's process, in MiB. */
  memory(): number {
    const { pid } = this.child ?? {};
    if (pid === undefined) return 0;
    const kilobytes = execFileSync("ps", ["-o", "rss=", "-p", String(pid)], { encoding: "utf8" });
    return Math.round(Number(kilobytes.trim()) / 1024);
  }

  async stop(): Promise<void> {
    this.isStopping = true;
    const { child } = this;
    if (child !== undefined && child.exitCode === null && child.signalCode === null) {
      const exited = once(child, "exit");
      child.kill("SIGTERM");
      await exited;
    }
    await this.stopDatabase();
  }

  private async startServer(): Promise<void> {
    const child = spawn(process.execPath, [`--max-old-space-size=${heapMegabytes}`, main], {
      env: {
        PATH: process.env["PATH"],
        DATABASE_URL: this.databaseUrl,
        OPNAS_API_PORT: String(this.port),
      },
      stdio: ["ignore", "ignore", "pipe", "ipc"],
    });
    this.child = child;
    child.stderr?.on("data", (chunk: Buffer) => {
      if (this.errorLog.length < 100_000) this.errorLog += chunk.toString();
    });
    child.once("exit", () => {
      if (this.isStopping) return;
      this.crashes += 1;
      // The rest of the requests finds whether there is more.
      void this.startServer();
    });
    const [message] = (await once(child, "message")) as [{ port: number }];
    this.port = message.port;
  }
}

async function storeRuns(databaseUrl: string): Promise<string[]> {
  const database = createClient(databaseUrl, 2);
  const queue = await openQueue(databaseUrl, { onError: () => undefined, supervise: false });
  try {
    const driver = new SearchDriver({ database, queue });
    await driver.signIn();
    const known: string[] = [];
    for (const seed of [1, 2]) {
      const run = await driver.startedRun({ population: 30 }, seed);
      const ids = await driver.propose(run, 0, true);
      for (const [index, id] of ids.slice(0, 15).entries())
        await driver.evaluate(run.id, id, index % 7);
      known.push(run.id, ...ids.slice(0, 3));
    }
    return [...known, "tiny", "smoke"];
  } finally {
    await queue.stop({ graceful: true, timeout: 1_000 });
    await database.$disconnect();
  }
}
