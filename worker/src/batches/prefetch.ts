import { parentPort, Worker } from "node:worker_threads";
import { OpnasError, toOpnasError } from "@opnas/core";

/** Drawn and not yet taken: enough that a slow one does not hold the training up. */
const stock = 8;

/**
 * What each step of a training reads, drawn ahead and in order by a thread of its own: training
 * waits neither for a batch to be masked nor for a sub-network to be drawn.
 */
export class Ahead<T> {
  private readonly ready: T[] = [];
  private wanted: { resolve: (drawn: T) => void; reject: (error: unknown) => void } | undefined;
  private failure: OpnasError | undefined;

  private constructor(private readonly thread: Worker) {}

  /**
   * @param threadFile compiled; it calls `drawAhead`
   * @param parse of what the thread draws; throws on anything else
   */
  static start<T>(threadFile: URL, workerData: unknown, parse: (drawn: unknown) => T): Ahead<T> {
    const thread = new Worker(threadFile, { workerData });
    const ahead = new Ahead<T>(thread);
    thread.on("message", (message) => {
      try {
        ahead.take(parse(message));
      } catch (error) {
        ahead.fail(error);
      }
    });
    thread.on("error", (error) => ahead.fail(error));
    thread.on("exit", () => ahead.fail(new Error("The thread that draws batches ended.")));
    for (let drawn = 0; drawn < stock; drawn++) thread.postMessage("draw");
    return ahead;
  }

  /**
   * The next step's; ask again only once it is there.
   * @throws OpnasError what went wrong in the thread
   */
  next(): Promise<T> {
    const drawn = this.ready.shift();
    if (drawn === undefined && this.failure) return Promise.reject(this.failure);
    this.thread.postMessage("draw");
    if (drawn !== undefined) return Promise.resolve(drawn);
    return new Promise((resolve, reject) => (this.wanted = { resolve, reject }));
  }

  async end(): Promise<void> {
    await this.thread.terminate();
  }

  private take(drawn: T): void {
    const wanted = this.wanted;
    this.wanted = undefined;
    if (wanted) wanted.resolve(drawn);
    else this.ready.push(drawn);
  }

  private fail(error: unknown): void {
    this.failure ??= toOpnasError(error);
    this.wanted?.reject(this.failure);
    this.wanted = undefined;
  }
}

/** In the thread: draws for `first`, `first + 1`, … whenever asked to. */
export function drawAhead(first: number, draw: (step: number) => unknown): void {
  let step = first;
  parentPort?.on("message", () => parentPort?.postMessage(draw(step++)));
}
