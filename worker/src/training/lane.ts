import { once } from "node:events";
import {
  MessageChannel,
  receiveMessageOnPort,
  Worker,
  type MessagePort,
} from "node:worker_threads";
import { OpnasError, type ModelSize } from "@opnas/core";
import { z } from "zod";
import type { EngineName } from "../engine/choose.js";
import { sharedTensors, tensorNamed, type Tensors } from "../model/tensors.js";
import type { Learned, Lesson } from "./lesson.js";

/** Compiled, also where this file runs as TypeScript. */
const threadFile = new URL("../../dist/training/laneThread.js", import.meta.url);

/** What the thread answers: once when it is ready, then to every lesson. */
export type LaneReply = { ready: true } | { loss: number; names: string[] } | { error: string };

const replySchema = z.union([
  z.object({ loss: z.number(), names: z.array(z.string()) }),
  z.object({ error: z.string() }),
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
    return new Lane(thread, port1, signal, gradients);
  }

  /** Gives the thread a lesson; `finish` must follow before the next. */
  begin(lesson: Lesson): void {
    Atomics.store(this.signal, 0, 0);
    this.port.postMessage(lesson);
  }

  /**
   * Waits for the lesson's end. The gradients' arrays are the lane's own until the next `begin`.
   * @throws OpnasError INTERNAL with what went wrong in the thread
   */
  finish(): Learned {
    Atomics.wait(this.signal, 0, 0, patienceMilliseconds);
    const reply = replySchema.parse(receiveMessageOnPort(this.port)?.message);
    if ("error" in reply) throw new OpnasError("INTERNAL", reply.error);
    const gradients = new Map(
      reply.names.map((name) => [name, tensorNamed(this.gradients, name).data]),
    );
    return { loss: reply.loss, gradients };
  }

  /** Ends the thread and frees its engine. */
  async end(): Promise<void> {
    this.port.close();
    await this.thread.terminate();
  }
}

function failure(thread: Worker): Promise<never> {
  return new Promise((_, reject) => {
    thread.once("error", (cause) => {
      const sentence = "A second thread could not start the engine.";
      reject(new OpnasError("ENGINE_UNAVAILABLE", sentence, { cause }));
    });
  });
}
