import { once } from "node:events";
import {
  MessageChannel,
  receiveMessageOnPort,
  Worker,
  type MessagePort,
} from "node:worker_threads";
import { errorCodes, OpnasError, type ModelSize } from "@opnas/core";
import { z } from "zod";
import type { EngineName } from "../engine/choose.js";
import { sharedTensors, tensorNamed, type Tensors } from "../model/tensors.js";
import { asLearned } from "./gradients.js";
import type { Learned, Lesson } from "./lesson.js";

/** Compiled, also where this file runs as TypeScript. */
const threadFile = new URL("../../dist/training/gradientThread.js", import.meta.url);

/** What the thread answers: once when it is ready, then to every lesson. */
export type LaneReply = { ready: true } | z.infer<typeof replySchema>;

const replySchema = z.union([
  // A loss may be not a number: a result, which whoever asked looks at.
  z.object({
    losses: z.array(z.custom<number>((x) => typeof x === "number")),
    names: z.array(z.string()),
  }),
  z.object({ code: z.enum(errorCodes), sentence: z.string() }),
]);

/** A lesson takes milliseconds; only a thread that died takes this long. */
const patienceMilliseconds = 120_000;

/**
 * A second thread with an engine of its own, which computes gradients while the calling thread
 * computes others: two cores for one training. Weights and gradients are in memory that both see.
 */
export class Lane {
  private constructor(
    private readonly thread: Worker,
    private readonly port: MessagePort,
    private readonly signal: Int32Array,
    private readonly gradients: Tensors,
  ) {}

  /**
   * @param weights in shared memory (`sharedTensors`); the lane reads what they are at each lesson
   * @throws OpnasError ENGINE_UNAVAILABLE if the thread cannot start the engine
   */
  static async start(engine: EngineName, size: ModelSize, weights: Tensors): Promise<Lane> {
    const gradients = sharedTensors(weights);
    const signal = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
    const { port1, port2 } = new MessageChannel();
    const thread = new Worker(threadFile, {
      workerData: { engine, size, weights, gradients, signal, port: port2 },
      transferList: [port2],
    });
    await Promise.race([once(port1, "message"), failure(thread)]);
    thread.on("error", (error) => console.error("A second thread ended:", error));
    return new Lane(thread, port1, signal, gradients);
  }

  /** Gives the thread a lesson; `finish` must follow before the next. */
  begin(lesson: Lesson): void {
    Atomics.store(this.signal, 0, 0);
    this.port.postMessage(lesson);
  }

  /**
   * Waits for the lesson's end. The gradients' arrays are the lane's own until the next `begin`.
   * @throws OpnasError what went wrong in the thread; INTERNAL if it no longer answers
   */
  finish(): Learned {
    if (Atomics.wait(this.signal, 0, 0, patienceMilliseconds) === "timed-out") {
      throw new OpnasError("INTERNAL", "The second thread no longer answers.");
    }
    const reply = replySchema.parse(receiveMessageOnPort(this.port)?.message);
    if ("code" in reply) throw new OpnasError(reply.code, reply.sentence);
    const gradients = new Map(
      reply.names.map((name) => [name, tensorNamed(this.gradients, name).data]),
    );
    return asLearned(reply.losses, gradients);
  }

  /** Ends the thread and frees its engine. */
  async end(): Promise<void> {
    this.port.close();
    await this.thread.terminate();
  }
}

function failure(thread: Worker): Promise<never> {
  return new Promise((_, reject) => {
    const fail = (cause: unknown) => {
      const reason = cause instanceof Error ? cause.message : `it ended with code ${String(cause)}`;
      const sentence = `A second thread could not start the engine: ${reason}`;
      reject(new OpnasError("ENGINE_UNAVAILABLE", sentence, { cause }));
    };
    thread.once("error", fail);
    thread.once("exit", fail);
  });
}
