/** Child processes that answer questions, one after the other. */
import { spawn, type ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";
import { z } from "zod";

/** The answer to any question; the form of what is answered depends on the question. */
export const replySchema = z.union([
  z.strictObject({ answer: z.unknown() }),
  z.strictObject({ error: z.string() }),
]);

/** A process that answers in JSON, a line for each question. */
export interface JsonLines {
  /**
   * Asks one question; the next must wait for its answer.
   * @throws Error what the process said, or that it ended; ZodError if the answer is of another form
   */
  ask: <T>(question: object, answer: z.ZodType<T>) => Promise<T>;
  end: () => void;
}

/**
 * Starts a process that says a line when it is ready, and then answers questions.
 *
 * @param name the process in messages
 * @returns the process, and what it said first
 */
export async function startJsonLines(
  name: string,
  [command, ...args]: readonly [string, ...string[]],
  env: NodeJS.ProcessEnv,
): Promise<JsonLines & { report: string }> {
  const child = spawn(command, args, { env, stdio: ["pipe", "pipe", "inherit"] });
  const replies = new Replies(child);
  // A process that has ended is reported by its exit, with more to say than a broken pipe.
  child.stdin.on("error", () => undefined);
  createInterface({ input: child.stdout }).on("line", (line) =>
    replies.take(parsedLine(name, line)),
  );
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

function parsedLine(name: string, line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return { error: `${name} answered ${line}` };
  }
}

/** The answers of a process in their order; its end is an error to whoever waits. */
export class Replies {
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
