import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const workerMain = fileURLToPath(new URL("../../worker/dist/main.js", import.meta.url));

/** A real worker process, as `npm start` starts it. */
export class WorkerProcess {
  private constructor(private readonly child: ChildProcess) {}

  /** Starts a worker and waits until its engine is up. */
  static async start(options: {
    databaseUrl: string;
    dataFolder: string;
    slots: number;
    /** Further variables of its environment. */
    env?: NodeJS.ProcessEnv;
  }): Promise<WorkerProcess> {
    const child = fork(workerMain, {
      stdio: ["ignore", "ignore", "inherit", "ipc"],
      env: {
        ...process.env,
        ...options.env,
        DATABASE_URL: options.databaseUrl,
        OPNAS_DATA_DIR: options.dataFolder,
        OPNAS_WORKER_SLOTS: String(options.slots),
      },
    });
    const started = once(child, "message");
    const died = once(child, "exit").then(() => {
      throw new Error("The worker ended before it was ready.");
    });
    await Promise.race([started, died]);
    return new WorkerProcess(child);
  }

  /** Sends SIGKILL, as the kernel does when memory runs out: the worker cannot clean up. */
  async kill(): Promise<void> {
    await this.end("SIGKILL");
  }

  /** Sends SIGTERM and waits for the end. */
  async stop(): Promise<void> {
    await this.end("SIGTERM");
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const exited = once(this.child, "exit");
    this.child.kill(signal);
    await exited;
  }
}
