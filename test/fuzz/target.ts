import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { migrate } from "@opnas/prisma";
import { startEmbeddedPostgres } from "@opnas/prisma/embedded";
import { z } from "zod";
import { Owner } from "./owner.ts";
import { Teams } from "./teams.ts";

const main = fileURLToPath(new URL("../../server/dist/main.js", import.meta.url));
const probe = new URL("./heapProbe.ts", import.meta.url).href;

const readySchema = z.object({ type: z.literal("ready"), port: z.int() });
const keptSchema = z.object({ type: z.literal("kept"), bytes: z.number() });

/** The heap of the server, in MiB: memory that grows with the requests ends it. */
const heapMegabytes = 400;

/** A real server with accounts over a database of its own, as a process that hostile requests are sent to. */
export class Target {
  port = 0;
  crashes = 0;
  /** The memory that the server's process kept when it was asked, in MiB. */
  readonly keptMemory: number[] = [];
  /** The server's lines about errors. */
  errorLog = "";
  private child: ChildProcess | undefined;
  private isStopping = false;
  private stored: Teams | undefined;
  private readonly databaseUrl: string;
  private readonly stopDatabase: () => Promise<void>;
  private readonly secret = randomBytes(32).toString("hex");

  private constructor(databaseUrl: string, stopDatabase: () => Promise<void>) {
    this.databaseUrl = databaseUrl;
    this.stopDatabase = stopDatabase;
  }

  /** Starts Postgres and the server, and stores two teams with their runs. */
  static async start(): Promise<Target> {
    const folder = await mkdtemp(path.join(tmpdir(), "opnas-fuzz-"));
    const postgres = await startEmbeddedPostgres({ folder: path.join(folder, "postgres") });
    await migrate(postgres.url);
    const target = new Target(postgres.url, async () => {
      await postgres.stop();
      await rm(folder, { recursive: true, force: true });
    });
    await target.startServer();
    target.stored = await Teams.store(postgres.url, new Owner(target.url, target.secret));
    return target;
  }

  get teams(): Teams {
    if (this.stored === undefined) throw new Error("The target has not started.");
    return this.stored;
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

  /** Asks how much the server's process keeps once all garbage is collected; `keptMemory` has it then. */
  askForKeptMemory(): void {
    if (this.child?.connected === true) this.child.send("kept");
  }

  async stop(): Promise<void> {
    this.isStopping = true;
    const { child } = this;
    if (child !== undefined && child.exitCode === null && child.signalCode === null) {
      const exited = once(child, "exit");
      child.kill("SIGTERM");
      await exited;
    }
    await this.stored?.stop();
    await this.stopDatabase();
  }

  private async startServer(): Promise<void> {
    const flags = [`--max-old-space-size=${heapMegabytes}`, "--import", probe];
    const child = spawn(process.execPath, [...flags, main], {
      env: {
        PATH: process.env["PATH"],
        DATABASE_URL: this.databaseUrl,
        OPNAS_API_PORT: String(this.port),
        OPNAS_AUTH: "accounts",
        OPNAS_AUTH_SECRET: this.secret,
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
    this.port = await new Promise((resolve) => {
      child.on("message", (message) => {
        const ready = readySchema.safeParse(message).data;
        if (ready !== undefined) resolve(ready.port);
        const kept = keptSchema.safeParse(message).data;
        if (kept !== undefined) this.keptMemory.push(Math.round(kept.bytes / 2 ** 20));
      });
    });
  }
}
