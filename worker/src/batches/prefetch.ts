import { parentPort, Worker } from "node:worker_threads";
import { errorCodes, OpnasError, toOpnasError } from "@opnas/core";
import { z } from "zod";

/** Batches sampled and not yet taken: enough that a slow one does not hold the training up. */
const bufferSize = 8;

/** The error that a thread sends in place of a batch: a thrown one would arrive without its code. */
const failureSchema = z.strictObject({ code: z.enum(errorCodes), sentence: z.string() });
type Failure = z.infer<typeof failureSchema>;

/**
 * A queue of the steps' batches, sampled in order and ahead of time by a thread of its own, so that
 * training waits neither for the masking of a batch nor for the sampling of a sub-network.
 */
export class Prefetcher<T> {
  private readonly buffer: T[] = [];
  private waiting: { resolve: (batch: T) => void; reject: (error: unknown) => void } | undefined;
  private failure: OpnasError | undefined;

  private constructor(private readonly thread: Worker) {}

  /**
   * Starts the thread and asks it for the first batches.
   * @param threadFile a compiled file that calls `servePrefetch`
   * @param parse checks what the thread sends; throws on anything that is not a batch
   */
  static start<T>(
    threadFile: URL,
    workerData: unknown,
    parse: (message: unknown) => T,
  ): Prefetcher<T> {
    const thread = new Worker(threadFile, { workerData });
    const prefetcher = new Prefetcher<T>(thread);
    thread.on("message", (message) => {
      try {
        const failure = failureSchema.safeParse(message).data;
        if (failure) throw new OpnasError(failure.code, failure.sentence);
        prefetcher.receive(parse(message));
      } catch (error) {
        prefetcher.fail(error);
      }
    });
    thread.on("error", (error) => prefetcher.fail(error));
    thread.on("exit", () =>
      prefetcher.fail(new Error("The thread that prefetches batches ended.")),
    );
    for (let asked = 0; asked < bufferSize; asked++) thread.postMessage("next");
    return prefetcher;
  }

  /**
   * Takes the next step's batch; to be called again only once that is there.
   * @throws OpnasError for whatever went wrong in the thread
   */
  next(): Promise<T> {
    const batch = this.buffer.shift();
    if (batch === undefined && this.failure) return Promise.reject(this.failure);
    this.thread.postMessage("next");
    if (batch !== undefined) return Promise.resolve(batch);
    return new Promise((resolve, reject) => (this.waiting = { resolve, reject }));
  }

  /** Ends the thread. */
  async end(): Promise<void> {
    await this.thread.terminate();
  }

  private receive(batch: T): void {
    const waiting = this.waiting;
    this.waiting = undefined;
    if (waiting) waiting.resolve(batch);
    else this.buffer.push(batch);
  }

  private fail(error: unknown): void {
    this.failure ??= toOpnasError(error);
    this.waiting?.reject(this.failure);
    this.waiting = undefined;
  }
}

/**
 * Answers a `Prefetcher` from within its thread.
 * @param begin returns the first step, and step → its batch, called for that one, the next, …, once for
 *   each request
 */
export function servePrefetch(
  begin: () => { first: number; batchOf: (step: number) => unknown },
): void {
  let next: (() => unknown) | undefined;
  let failure: Failure | undefined;
  const batch = () => {
    if (next === undefined) {
      const { first, batchOf } = begin();
      let step = first;
      next = () => batchOf(step++);
    }
    return next();
  };
  parentPort?.on("message", () => {
    try {
      parentPort?.postMessage(failure ?? batch());
    } catch (error) {
      const { code, message } = toOpnasError(error);
      if (code === "INTERNAL") console.error(error);
      failure = { code, sentence: message };
      parentPort?.postMessage(failure);
    }
  });
}
