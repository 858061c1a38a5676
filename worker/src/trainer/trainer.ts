import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { OpnasError } from "@opnas/core";
import type { WorkerSettings } from "../settings.js";
import {
  type EngineReport,
  type Progress,
  type Reply,
  replySchema,
  type Work,
} from "./protocol.js";

const childFile = fileURLToPath(new URL("./child.js", import.meta.url));

/** Seconds that a trainer has to stop between two steps before it is killed. */
const stopGraceSeconds = 5;

/** The worker's end of one trainer process. */
export class Trainer {
  private constructor(
    private readonly child: ChildProcess,
    readonly engine: EngineReport,
  ) {}

  /**
   * Starts a trainer and waits until its engine is up.
   * @throws OpnasError what the child said (`ENGINE_UNAVAILABLE`…) or `WORKER_LOST`
   */
  static async start(settings: Pick<WorkerSettings, "engine">, threads: number): Promise<Trainer> {
    const child = fork(childFile, [settings.engine, String(threads)], {
      stdio: ["ignore", "inherit", "pipe", "ipc"],
      serialization: "advanced",
      env: {
        ...process.env,
        TF_CPP_MIN_LOG_LEVEL: "2",
        TF_ENABLE_ONEDNN_OPTS: process.env.TF_ENABLE_ONEDNN_OPTS ?? "1",
      },
    });
    if (child.stderr) forwardLines(child.stderr);
    const reply = await nextEnd(child, () => undefined);
    if (reply.type !== "ready")
      throw new OpnasError("INTERNAL", "The trainer answered out of turn.");
    return new Trainer(child, reply.engine);
  }

  get alive(): boolean {
    return this.child.connected && this.child.exitCode === null;
  }

  /**
   * Hands the trainer one piece of work and waits for its end.
   * @param signal aborts between two steps (`STOPPED`); a trainer that does not stop is killed
   * @throws OpnasError `STOPPED`, `WORKER_LOST` when the process died, or what the work ran into
   */
  async run(
    work: Work,
    signal: AbortSignal,
    onProgress: (progress: Progress) => void,
  ): Promise<Reply> {
    let killTimer: NodeJS.Timeout | undefined;
    const stop = () => {
      this.child.send({ type: "stop" });
      killTimer = setTimeout(() => this.child.kill("SIGKILL"), stopGraceSeconds * 1000);
    };
    const end = nextEnd(this.child, onProgress);
    this.child.send(work);
    if (signal.aborted) stop();
    signal.addEventListener("abort", stop);
    try {
      return await end;
    } catch (error) {
      if (signal.aborted && !this.alive) {
        throw new OpnasError("STOPPED", "The trainer was stopped.", { cause: error });
      }
      throw error;
    } finally {
      clearTimeout(killTimer);
      signal.removeEventListener("abort", stop);
    }
  }

  /** Ends the process; it holds nothing that would be lost. */
  async end(): Promise<void> {
    if (!this.alive) return;
    const exited = once(this.child, "exit");
    this.child.kill("SIGKILL");
    await exited;
  }
}

/** Lines that TensorFlow writes whatever its log level is: that its log has begun, and infos. */
const alwaysLogged = /^(WARNING: All log messages before absl::InitializeLog|I\d{4} )/;

/** Writes the error output of a process with an engine to our own, without the lines that it always writes. */
export function forwardLines(output: Readable): void {
  createInterface({ input: output }).on("line", (line) => {
    if (!alwaysLogged.test(line)) process.stderr.write(`${line}\n`);
  });
}

/** The next reply that ends a request; an error reply or the child's death rejects. */
function nextEnd(child: ChildProcess, onProgress: (progress: Progress) => void): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const settle = (act: () => void) => {
      child.off("message", onMessage);
      child.off("exit", onExit);
      act();
    };
    const onMessage = (message: unknown) => {
      const reply = replySchema.parse(message);
      if (reply.type === "progress") onProgress(reply);
      else if (reply.type === "error") {
        settle(() => reject(new OpnasError(reply.code, reply.message)));
      } else settle(() => resolve(reply));
    };
    const onExit = (code: number | null, signal: string | null) => {
      const how = signal ?? `code ${String(code)}`;
      settle(() =>
        reject(new OpnasError("WORKER_LOST", `A trainer process ended unexpectedly (${how}).`)),
      );
    };
    child.on("message", onMessage);
    child.on("exit", onExit);
  });
}

/** Each trainer's own threads: two processes of one thread outrun one of two (decision 0006). */
const threadsPerTrainer = 1;

/** The trainers of one worker, one a slot, started when first needed and kept between jobs. */
export class TrainerPool {
  private readonly idle: Trainer[] = [];
  private readonly all = new Set<Trainer>();

  constructor(private readonly settings: WorkerSettings) {}

  /** Lends a trainer for the time of `use`; a dead one is replaced by a new one. */
  async with<T>(use: (trainer: Trainer) => Promise<T>): Promise<T> {
    const trainer = this.takeIdle() ?? (await this.start());
    try {
      return await use(trainer);
    } finally {
      if (trainer.alive) this.idle.push(trainer);
      else this.all.delete(trainer);
    }
  }

  private takeIdle(): Trainer | undefined {
    const trainer = this.idle.pop();
    if (trainer === undefined || trainer.alive) return trainer;
    this.all.delete(trainer);
    return this.takeIdle();
  }

  private async start(): Promise<Trainer> {
    const trainer = await Trainer.start(this.settings, threadsPerTrainer);
    this.all.add(trainer);
    return trainer;
  }

  async end(): Promise<void> {
    await Promise.all([...this.all].map((trainer) => trainer.end()));
    this.all.clear();
  }
}
