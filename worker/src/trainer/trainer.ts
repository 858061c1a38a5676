import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { OpnasError } from "@opnas/core";
import { inSpan, StepSpans } from "@opnas/telemetry";
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

/** The settings of one trainer. */
export interface TrainerSettings {
  engine: WorkerSettings["engine"];
  /** Variables that its process gets beside those of this one. */
  environment?: NodeJS.ProcessEnv;
  /** Program that speaks the trainer's protocol; the real one by default. */
  program?: string;
}

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
  static async start(settings: TrainerSettings, threads: number): Promise<Trainer> {
    const child = fork(settings.program ?? childFile, [settings.engine, String(threads)], {
      stdio: ["ignore", "inherit", "pipe", "ipc"],
      serialization: "advanced",
      env: {
        ...process.env,
        ...settings.environment,
        TF_CPP_MIN_LOG_LEVEL: "2",
        TF_ENABLE_ONEDNN_OPTS: process.env.TF_ENABLE_ONEDNN_OPTS ?? "1",
      },
    });
    if (child.stderr) forwardLines(child.stderr);
    child.on("error", () => undefined); // nextEnd reports it; between two requests the exit tells
    const ignore = () => undefined;
    const reply = await nextEnd(child, { onProgress: ignore, onSaved: ignore }, undefined);
    if (reply.type !== "ready")
      throw new OpnasError("INTERNAL", "The trainer answered out of turn.");
    return new Trainer(child, reply.engine);
  }

  /** The process id; undefined when the process could not be started. */
  get pid(): number | undefined {
    return this.child.pid;
  }

  get alive(): boolean {
    return this.child.connected && !hasEnded(this.child);
  }

  /**
   * Hands the trainer one piece of work and waits for its end.
   * @param signal aborts between two steps (`STOPPED`); a trainer that does not stop is killed
   * @param onSaved receives the name of each checkpoint that it has written
   * @throws OpnasError `STOPPED`, `WORKER_LOST` when the process died, or what the work ran into
   */
  run(
    work: Work,
    signal: AbortSignal,
    onProgress: (progress: Progress) => void,
    onSaved: (name: string) => void = () => undefined,
  ): Promise<Reply> {
    return inSpan({ name: `train ${work.type}` }, () => {
      const steps = new StepSpans();
      const onStep = (progress: Progress) => {
        steps.report(progress.step, progress.loss);
        onProgress(progress);
      };
      return this.train(work, signal, { onProgress: onStep, onSaved });
    });
  }

  private async train(
    work: Work,
    signal: AbortSignal,
    heard: { onProgress: (progress: Progress) => void; onSaved: (name: string) => void },
  ): Promise<Reply> {
    let killTimer: NodeJS.Timeout | undefined;
    const stop = () => {
      if (this.child.connected) this.child.send({ type: "stop" }, () => undefined);
      killTimer = setTimeout(() => this.child.kill("SIGKILL"), stopGraceSeconds * 1000);
    };
    const end = nextEnd(this.child, heard, work);
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
    if (hasEnded(this.child)) return;
    const exited = once(this.child, "exit");
    this.child.kill("SIGKILL");
    await exited;
  }
}

/** Lines that TensorFlow writes whatever its log level is: that its log has begun, and infos. */
const alwaysLogged = /^(WARNING: All log messages before absl::InitializeLog|I\d{4} )/;

/** Prints the error output of a process with an engine as our own, without the lines that it always writes. */
export function forwardLines(output: Readable): void {
  createInterface({ input: output }).on("line", (line) => {
    if (!alwaysLogged.test(line)) console.error(line);
  });
}

/**
 * Sends `work`, where given, and waits for the next reply that ends a request.
 * @throws OpnasError the error of an error reply; `WORKER_LOST` when the child has died, or dies before
 * it has all of the request or has replied; `INTERNAL` for a reply that is none of the protocol's
 */
function nextEnd(
  child: ChildProcess,
  heard: { onProgress: (progress: Progress) => void; onSaved: (name: string) => void },
  work: Work | undefined,
): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const settle = (act: () => void) => {
      child.off("message", onMessage);
      child.off("exit", onExit);
      child.off("error", onError);
      act();
    };
    const onMessage = (message: unknown) => {
      const parsed = replySchema.safeParse(message);
      if (!parsed.success) {
        const sentence = "A trainer sent what is none of its replies.";
        settle(() => reject(new OpnasError("INTERNAL", sentence, { cause: parsed.error })));
        return;
      }
      const reply = parsed.data;
      if (reply.type === "progress") heard.onProgress(reply);
      else if (reply.type === "saved") heard.onSaved(reply.name);
      else if (reply.type === "error") {
        settle(() => reject(new OpnasError(reply.code, reply.message)));
      } else settle(() => resolve(reply));
    };
    const lost = (how: string, cause?: unknown) => {
      const sentence = `A trainer process ended unexpectedly (${how}).`;
      settle(() => reject(new OpnasError("WORKER_LOST", sentence, { cause })));
    };
    const onExit = (code: number | null, signal: string | null) => {
      lost(signal ?? `code ${String(code)}`);
    };
    // It could not be started, or it is gone while something is being sent to it.
    const onError = (error: Error) => lost(error.message, error);
    child.on("message", onMessage);
    child.on("exit", onExit);
    child.on("error", onError);
    if (work === undefined) return;
    if (hasEnded(child) || !child.connected) onError(new Error("before it got its request"));
    else {
      child.send(work, (error) => {
        if (error !== null) onError(error);
      });
    }
  });
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}
