/** The two processes of the bench, asked the same way. */
import { fork, spawn, type ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { forwardLines } from "@opnas/worker/internals";
import { z } from "zod";
import { engineSchema, replySchema } from "./protocol.ts";

const here = (name: string) => fileURLToPath(new URL(name, import.meta.url));

/** A process that trains. */
export interface Side {
  /**
   * Asks one question; the next must wait for its answer.
   * @throws Error what the process said, or that it ended; ZodError if the answer is of another form
   */
  ask: <T>(question: object, answer: z.ZodType<T>) => Promise<T>;
  end: () => void;
}

/** Starts our engine in a process of its own. */
export async function startOurs(
  engine: string,
  threads: number,
): Promise<Side & { engine: z.infer<typeof engineSchema> }> {
  const child = fork(here("ours.ts"), [engine, String(threads)], {
    serialization: "advanced",
    env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: "2" },
    stdio: ["ignore", "inherit", "pipe", "ipc"],
  });
  if (child.stderr) forwardLines(child.stderr);
  const replies = new Replies(child);
  child.on("message", (message) => replies.take(message));
  const started = engineSchema.parse(await replies.next());
  return {
    engine: started,
    ask: async (question, answer) => {
      child.send(question);
      return answer.parse(await replies.next());
    },
    end: () => {
      if (child.connected) child.disconnect();
    },
  };
}

/** Starts PyTorch, from a folder, in a process of its own. */
export async function startPeer(
  folder: string,
  threads: number,
): Promise<Side & { report: string }> {
  const child = spawn("python3", [here("peer.py"), String(threads)], {
    env: { ...process.env, PYTHONPATH: folder, PYTHONDONTWRITEBYTECODE: "1" },
    stdio: ["pipe", "pipe", "inherit"],
  });
  const replies = new Replies(child);
  createInterface({ input: child.stdout }).on("line", (line) => replies.take(parsedLine(line)));
  const report = z.string().parse(await replies.next());
  return {
    report,
    ask: async (question, answer) => {
      child.stdin.write(`${JSON.stringify(question)}\n`);
      return answer.parse(await replies.next());
    },
    end: () => child.stdin.end(),
  };
}

function parsedLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return { error: `PyTorch's side answered ${line}` };
  }
}

/** The answers of a process in their order; its end is an error to whoever waits. */
class Replies {
  private waiting: PromiseWithResolvers<unknown> | undefined;
  private ended: Error | undefined;

  constructor(child: ChildProcess) {
    const end = (error: Error) => {
      this.ended ??= error;
      this.waiting?.reject(this.ended);
    };
    child.on("error", end);
    child.on("exit", (code, signal) =>
      end(new Error(`a process of the bench ended (${signal ?? `code ${String(code)}`})`)),
    );
  }

  take(message: unknown): void {
    const { data: reply, error } = replySchema.safeParse(message);
    if (!reply) this.waiting?.reject(error);
    else if ("error" in reply) this.waiting?.reject(new Error(reply.error));
    else this.waiting?.resolve(reply.answer);
  }

  next(): Promise<unknown> {
    if (this.ended) return Promise.reject(this.ended);
    this.waiting = Promise.withResolvers();
    return this.waiting.promise;
  }
}
