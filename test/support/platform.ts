import { type ChildProcess, execFile, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { freePort } from "@opnas/prisma/embedded";
import { until } from "./until.js";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** A platform that `npm start` runs on a data folder and ports of its own. */
export class Platform {
  private child: ChildProcess | undefined;
  /** Everything that the launcher has printed since its last start. */
  output = "";

  private constructor(
    readonly dataFolder: string,
    readonly apiPort: number,
    readonly webPort: number,
    private readonly more: NodeJS.ProcessEnv,
  ) {}

  /**
   * Makes the data folder and finds the ports; nothing is started yet. It will be started with further
   * variables of the environment, if there are any.
   */
  static async create(more: NodeJS.ProcessEnv = {}): Promise<Platform> {
    const dataFolder = await mkdtemp(path.join(tmpdir(), "opnas-e2e-"));
    await chmod(dataFolder, 0o755); // root's Postgres runs as another user, who must get in
    return new Platform(dataFolder, await freePort(), await freePort(), more);
  }

  get portal(): string {
    return `http://127.0.0.1:${String(this.webPort)}`;
  }

  /** Starts everything and waits for the block of addresses. */
  async start(firstRun: string): Promise<void> {
    const child = spawn(process.execPath, ["start/start.mjs"], {
      cwd: root,
      stdio: ["ignore", "pipe", "pipe"],
      env: {
        ...process.env,
        OPNAS_API_PORT: String(this.apiPort),
        OPNAS_WEB_PORT: String(this.webPort),
        OPNAS_DATA_DIR: this.dataFolder,
        OPNAS_FIRST_RUN: firstRun,
        ...this.more,
      },
    });
    this.child = child;
    this.output = "";
    const keep = (text: Buffer) => {
      this.output += text.toString();
    };
    child.stdout.on("data", keep);
    child.stderr.on("data", keep);
    await until("the platform is up", 180, () => {
      if (child.exitCode !== null) throw new Error(`npm start ended:\n${this.output}`);
      return Promise.resolve(this.output.includes(`localhost:${String(this.webPort)}`));
    });
  }

  /** Runs `opnas` as the owner of the machine; returns what it printed. */
  async opnas(words: readonly string[]): Promise<string> {
    const env = {
      PATH: process.env.PATH,
      XDG_CONFIG_HOME: this.dataFolder,
      OPNAS_API_PORT: String(this.apiPort),
      OPNAS_DATA_DIR: this.dataFolder,
    };
    const program = path.join(root, "cli/bin/opnas.js");
    return (await promisify(execFile)(process.execPath, [program, ...words], { env })).stdout;
  }

  /** Lists every process that the launcher started, found by the processes' parents. */
  processes(): { pid: number; command: string }[] {
    const rows = execFileSync("ps", ["-eo", "pid=,ppid=,args="], { encoding: "utf8" })
      .trim()
      .split("\n")
      .map((line) => /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line))
      .flatMap((match) =>
        match === null
          ? []
          : [{ pid: Number(match[1]), parent: Number(match[2]), command: match[3] ?? "" }],
      );
    const mine = new Set([this.child?.pid]);
    for (let grown = true; grown;) {
      const more = rows.filter(({ pid, parent }) => mine.has(parent) && !mine.has(pid));
      grown = more.length > 0;
      for (const { pid } of more) mine.add(pid);
    }
    return rows.filter(({ pid }) => mine.has(pid) && pid !== this.child?.pid);
  }

  /** Sends SIGKILL to the process whose command line contains `name`. */
  killOne(name: string): void {
    const found = this.processes().find(({ command }) => command.includes(name));
    if (found === undefined) throw new Error(`No process ${name} among the platform's.`);
    process.kill(found.pid, "SIGKILL");
  }

  /** Sends SIGINT, as Ctrl-C does, waits for the end and returns the exit code. */
  async interrupt(): Promise<number | null> {
    const { child } = this;
    if (child === undefined || child.exitCode !== null) return child?.exitCode ?? null;
    const exited = once(child, "exit");
    child.kill("SIGINT");
    await exited;
    return child.exitCode;
  }

  /** Sends SIGKILL to the launcher and everything it started, at once. */
  async killEverything(): Promise<void> {
    const all = this.processes().map(({ pid }) => pid);
    const { child } = this;
    if (child?.pid === undefined) return;
    const exited = once(child, "exit");
    for (const pid of [child.pid, ...all]) killIfAlive(pid);
    await exited;
  }

  /** Stops the platform and removes its data folder. */
  async dispose(): Promise<void> {
    await this.interrupt();
    await rm(this.dataFolder, { recursive: true, force: true });
  }
}

function killIfAlive(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    // It may have followed its parent already.
    if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
  }
}
