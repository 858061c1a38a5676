/**
 * Several micro-batches at once, each by a thread with an engine of its own: two cores for one
 * training. Weights and gradients lie in memory that all threads see. Which thread computes what
 * never changes a bit: results come in the order of the micro-batches.
 */
import { once } from "node:events";
import { MessageChannel, receiveMessageOnPort, Worker } from "node:worker_threads";
import type { MessagePort } from "node:worker_threads";
import { errorCodes, OpnasError, type ModelSize } from "@opnas/core";
import { z } from "zod";
import type { EngineName } from "../engine/choose.js";
import { sharedTensors, tensorNamed, type Tensors } from "../model/tensors.js";
import { GradientComputer, withSum } from "./gradients.js";
import type { LossesAndGradients, MicroBatch } from "./gradients.js";

/** The calling thread and others beside it, which compute gradients by the same weights. */
export class GradientThreads {
  private constructor(
    private readonly own: GradientComputer,
    private readonly others: readonly GradientThread[],
  ) {}

  /** Only the calling thread. */
  static single(size: ModelSize, weights: Tensors): GradientThreads {
    return new GradientThreads(new GradientComputer(size, weights), []);
  }

  /**
   * Starts threads − 1 threads beside the calling one.
   * @param weights in shared memory (`sharedTensors`), not changed while gradients are computed
   * @param threads in all, 1 or more; on a GPU only one is used, for all would wait for one device
   * @throws OpnasError ENGINE_UNAVAILABLE if a thread cannot start the engine
   */
  static async start(
    engine: EngineName,
    size: ModelSize,
    weights: Tensors,
    threads: number,
  ): Promise<GradientThreads> {
    const others: GradientThread[] = [];
    try {
      const wanted = engine === "tensorflow-gpu" ? 0 : threads - 1;
      while (others.length < wanted) {
        others.push(await GradientThread.start(engine, size, weights));
      }
    } catch (error) {
      await Promise.all(others.map((thread) => thread.end()));
      throw error;
    }
    return new GradientThreads(new GradientComputer(size, weights), others);
  }

  /**
   * Yields each micro-batch's losses and gradients in their order, the same bits by any number of
   * threads. Gradients stay valid until the next ones are asked for.
   */
  *computeGradients(
    microBatches: readonly MicroBatch[],
  ): Generator<LossesAndGradients & { microBatch: MicroBatch }> {
    const atOnce = this.others.length + 1;
    for (let first = 0; first < microBatches.length; first += atOnce) {
      const [own, ...rest] = microBatches.slice(first, first + atOnce);
      const busy = this.others.flatMap((thread, at) =>
        rest[at] ? [{ thread, microBatch: rest[at] }] : [],
      );
      for (const { thread, microBatch } of busy) thread.begin(microBatch);
      if (own) yield { microBatch: own, ...this.own.computeGradients(own) };
      for (const { thread, microBatch } of busy) yield { microBatch, ...thread.finish() };
    }
  }

  /** Ends the other threads and frees what the engine keeps for this one. */
  async end(): Promise<void> {
    this.own.release();
    await Promise.all(this.others.map((thread) => thread.end()));
  }
}

/** Compiled, also where this file runs as TypeScript. */
const threadFile = new URL("../../dist/training/gradientThread.js", import.meta.url);

const replySchema = z.union([
  z.object({
    // A loss may be not a number: a result, which whoever asked looks at.
    losses: z.array(z.custom<number>((x) => typeof x === "number")),
    names: z.array(z.string()),
  }),
  z.object({ code: z.enum(errorCodes), sentence: z.string() }),
]);

/** A thread's messages: once that it is ready, then an answer to every micro-batch. */
export type GradientThreadReply = { ready: true } | z.infer<typeof replySchema>;

/** A micro-batch takes milliseconds to seconds; only a thread that died takes this long. */
const replyTimeoutMilliseconds = 120_000;

/** The calling side of one other thread (gradientThread.ts). */
export class GradientThread {
  private constructor(
    private readonly thread: Worker,
    private readonly port: MessagePort,
    private readonly signal: Int32Array,
    private readonly gradients: Tensors,
  ) {}

  /** @throws OpnasError ENGINE_UNAVAILABLE if the thread cannot start the engine */
  static async start(
    engine: EngineName,
    size: ModelSize,
    weights: Tensors,
  ): Promise<GradientThread> {
    const gradients = sharedTensors(weights);
    const signal = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
    const { port1, port2 } = new MessageChannel();
    const thread = new Worker(threadFile, {
      workerData: { engine, size, weights, gradients, signal, port: port2 },
      transferList: [port2],
    });
    await Promise.race([once(port1, "message"), startFailure(thread)]);
    thread.on("error", (error) => console.error("A gradient thread ended:", error));
    return new GradientThread(thread, port1, signal, gradients);
  }

  /** Hands the thread a micro-batch; `finish` must follow before the next. */
  begin(microBatch: MicroBatch): void {
    Atomics.store(this.signal, 0, 0);
    this.port.postMessage(microBatch);
  }

  /**
   * Waits until the micro-batch is done. The gradients' arrays are the thread's own until the next
   * `begin`.
   * @throws OpnasError what went wrong in the thread; INTERNAL if it no longer answers
   */
  finish(): LossesAndGradients {
    if (Atomics.wait(this.signal, 0, 0, replyTimeoutMilliseconds) === "timed-out") {
      throw new OpnasError("INTERNAL", "A gradient thread no longer answers.");
    }
    const reply = replySchema.parse(receiveMessageOnPort(this.port)?.message);
    if ("code" in reply) throw new OpnasError(reply.code, reply.sentence);
    const gradients = new Map(
      reply.names.map((name) => [name, tensorNamed(this.gradients, name).data]),
    );
    return withSum(reply.losses, gradients);
  }

  /** Ends the thread and frees its engine. */
  async end(): Promise<void> {
    this.port.close();
    await this.thread.terminate();
  }
}

function startFailure(thread: Worker): Promise<never> {
  return new Promise((_, reject) => {
    const fail = (cause: unknown) => {
      const reason = cause instanceof Error ? cause.message : `it ended with code ${String(cause)}`;
      const sentence = `A gradient thread could not start the engine: ${reason}`;
      reject(new OpnasError("ENGINE_UNAVAILABLE", sentence, { cause }));
    };
    thread.once("error", fail);
    thread.once("exit", fail);
  });
}
