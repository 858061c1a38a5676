import { type ChildProcess, execFile, fork } from "node:child_process";
import { createHmac } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { freePort } from "@opnas/prisma/embedded";

const root = fileURLToPath(new URL("../..", import.meta.url));
const secret = "a secret of these tests, of 32 characters or more";

/** The built API and the built portal on a database of a test, with accounts or in local mode. */
export class Portal {
  private readonly processes: ChildProcess[] = [];
  /** The token that stands for the owner of the secret of the accounts. */
  readonly owner = createHmac("sha256", secret).update("owner").digest("hex");

  readonly apiPort: number;
  readonly webPort: number;
  /** The folder in which `opnas` keeps what it saves. */
  readonly folder: string;
  private readonly env: NodeJS.ProcessEnv;

  private constructor(apiPort: number, webPort: number, folder: string, env: NodeJS.ProcessEnv) {
    this.apiPort = apiPort;
    this.webPort = webPort;
    this.folder = folder;
    this.env = env;
  }

  /**
   * Starts both programs and waits until they serve.
   * @param publicUrl the address at which a proxy serves them
   */
  static async start(
    databaseUrl: string,
    auth: "accounts" | "local",
    publicUrl?: string,
  ): Promise<Portal> {
    const [apiPort, webPort] = [await freePort(), await freePort()];
    const folder = await mkdtemp(path.join(tmpdir(), "opnas-portal-"));
    const portal = new Portal(apiPort, webPort, folder, {
      PATH: process.env.PATH,
      NODE_ENV: "production",
      DATABASE_URL: databaseUrl,
      OPNAS_API_PORT: String(apiPort),
      OPNAS_WEB_PORT: String(webPort),
      OPNAS_AUTH: auth,
      ...(auth === "accounts" ? { OPNAS_AUTH_SECRET: secret } : {}),
      ...(publicUrl === undefined ? {} : { OPNAS_PUBLIC_URL: publicUrl }),
    });
    await Promise.all([portal.run("server/dist/main.js"), portal.run("start/webServer.mjs")]);
    return portal;
  }

  get url(): string {
    return `http://localhost:${String(this.webPort)}`;
  }

  private async run(program: string): Promise<void> {
    const stdio = ["ignore", "ignore", "inherit", "ipc"] as const;
    const child = fork(path.join(root, program), { env: this.env, stdio: [...stdio] });
    this.processes.push(child);
    await once(child, "message");
  }

  /** Runs `opnas` on this API. */
  async opnas(words: readonly string[], token?: string) {
    const env = {
      PATH: process.env.PATH,
      XDG_CONFIG_HOME: this.folder,
      OPNAS_API_PORT: String(this.apiPort),
      OPNAS_DATA_DIR: this.folder,
      ...(token === undefined ? {} : { OPNAS_TOKEN: token }),
    };
    const program = path.join(root, "cli/bin/opnas.js");
    return promisify(execFile)(process.execPath, [program, ...words], { env });
  }

  /** Makes an administrator and returns the password. */
  async createAdmin(email: string): Promise<string> {
    const words = ["user", "create", "--admin", "--email", email];
    return (await this.opnas(words, this.owner)).stdout.trim();
  }

  /** Ends both programs and removes what `opnas` kept. */
  async stop(): Promise<void> {
    for (const child of this.processes) {
      const exited = once(child, "exit");
      child.kill("SIGTERM");
      await exited;
    }
    await rm(this.folder, { recursive: true });
  }
}
