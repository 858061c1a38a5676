import { fork, type ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { CandidateResult } from "@opnas/worker/internals";
import { forwardLines } from "@opnas/worker/internals";
import {
  replySchema,
  type Progress,
  type Reply,
  type Request,
  type ScoreRequest,
  type SuperNetRequest,
} from "./protocol.ts";

const childFile = fileURLToPath(new URL("child.ts", import.meta.url));

/** A result of one of several requests, by the request's place among them. */
export type Scored = (index: number, result: CandidateResult, seconds: number) => void;

/** Processes that share the work of a bench, each with one engine of one thread. */
export interface Pool {
  engine: { name: string; version: string };
  /** Trains super-nets, in any order. */
  train: (
    requests: readonly SuperNetRequest[],
    on: {
      progress: (index: number, progress: Progress) => void;
      done: (index: number, seconds: number) => void;
    },
  ) => Promise<void>;
  /** Scores architectures, in any order. */
  score: (requests: readonly ScoreRequest[], done: Scored) => Promise<void>;
  end: () => void;
}

/**
 * Starts `count` processes.
 * @throws Error if one cannot start its engine; the functions of the pool throw what a process said
 */
export async function startPool(count: number, engine: string): Promise<Pool> {
  const children = Array.from({ length: count }, () => startChild(engine));
  const end = () => children.forEach((child) => child.kill());
  try {
    const [ready] = await Promise.all(children.map((child) => answer(child, () => undefined)));
    if (ready?.type !== "ready") throw new Error("A bench process answered out of turn.");
    return {
      engine: ready.engine,
      end,
      train: (requests, { progress, done }) =>
        runAll(children, requests, progress, (index, reply) => {
          if (reply.type === "trained") done(index, reply.seconds);
        }),
      score: (requests, done) =>
        runAll(
          children,
          requests,
          () => undefined,
          (index, reply) => {
            if (reply.type === "scored") done(index, reply.result, reply.seconds);
          },
        ),
    };
  } catch (error) {
    end();
    throw error;
  }
}

function startChild(engine: string): ChildProcess {
  const child = fork(childFile, [engine], {
    serialization: "advanced",
    stdio: ["ignore", "inherit", "pipe", "ipc"],
  });
  if (child.stderr) forwardLines(child.stderr);
  return child;
}

async function runAll(
  children: readonly ChildProcess[],
  requests: readonly Request[],
  progress: (index: number, progress: Progress) => void,
  done: (index: number, reply: Reply) => void,
): Promise<void> {
  const waiting = [...requests.entries()];
  await Promise.all(
    children.map(async (child) => {
      for (let next = waiting.shift(); next; next = waiting.shift()) {
        const [index, request] = next;
        child.send(request);
        done(index, await answer(child, (each) => progress(index, each)));
      }
    }),
  );
}

/** Returns the child's next message that is not progress; rejects if it failed or ended. */
function answer(child: ChildProcess, onProgress: (progress: Progress) => void): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const onExit = (code: number | null, signal: string | null) =>
      reject(new Error(`A bench process ended (${signal ?? `code ${String(code)}`}).`));
    const onMessage = (message: unknown) => {
      const { data: reply, error } = replySchema.safeParse(message);
      if (reply?.type === "progress") {
        onProgress(reply);
        return;
      }
      child.off("message", onMessage);
      child.off("exit", onExit);
      if (!reply) reject(error);
      else if (reply.type === "failed") reject(new Error(reply.message));
      else resolve(reply);
    };
    child.on("message", onMessage);
    child.on("exit", onExit);
  });
}
