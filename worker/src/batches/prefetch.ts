import { parentPort, Worker } from "node:worker_threads";
import { OpnasError, toOpnasError } from "@opnas/core";

/** Batches sampled and not yet taken: enough that a slow one does not hold the training up. */
const bufferSize = 8;

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
 * @param batchOf step → its batch; called for `first`, `first + 1`, …, once for each request
 */
export function servePrefetch(first: number, batchOf: (step: number) => unknown): void {
  let step = first;
  parentPort?.on("message", () => parentPort?.postMessage(batchOf(step++)));
}
