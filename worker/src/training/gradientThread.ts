/** The file of a gradient thread: computes micro-batches for the thread that started it. */
import { MessagePort, workerData } from "node:worker_threads";
import { architectureSchema, toOpnasError, trainedSizes } from "@opnas/core";
import { z } from "zod";
import { maskedSequencesSchema } from "../batches/masked.js";
import { maskedPairsSchema } from "../batches/sentencePairs.js";
import { engineNames } from "../engine/choose.js";
import { startEngine } from "../engine/start.js";
import { GradientComputer } from "./gradients.js";
import type { GradientThreadReply } from "./gradientThreads.js";

/** Core's settings of a size with their defaults; a vocabulary may be smaller than a search's. */
const sizeSchema = z.object({ ...trainedSizes, vocabulary: z.int().min(1) });
const tensorsSchema = z.map(
  z.string(),
  z.object({ shape: z.array(z.int()), data: z.instanceof(Float32Array) }),
);
const startSchema = z.object({
  engine: z.enum(engineNames),
  size: sizeSchema,
  weights: tensorsSchema,
  gradients: tensorsSchema,
  signal: z.instanceof(Int32Array),
  port: z.instanceof(MessagePort),
});
const microBatchSchema = z.object({
  architecture: architectureSchema,
  reuse: z.enum(["once", "often"]),
  batch: z.union([maskedPairsSchema, maskedSequencesSchema]),
});

const parsed = startSchema.safeParse(workerData);
// A ZodError loses its message on the way to another thread.
if (!parsed.success) throw new Error(z.prettifyError(parsed.error));
const { engine, size, weights, gradients, signal, port } = parsed.data;
const buffers = new Map([...gradients].map(([name, { data }]) => [name, data]));
const computer = new GradientComputer(size, weights, buffers);

function answer(message: unknown): GradientThreadReply {
  try {
    const { losses, gradients } = computer.computeGradients(microBatchSchema.parse(message));
    return { losses: [...losses], names: [...gradients.keys()] };
  } catch (error) {
    const { code, message: sentence } = toOpnasError(error);
    if (code === "INTERNAL") console.error(error);
    return { code, sentence };
  }
}

await startEngine(engine, 1);
port.on("message", (message: unknown) => {
  const reply = answer(message);
  port.postMessage(reply);
  Atomics.store(signal, 0, 1);
  Atomics.notify(signal, 0);
});
port.postMessage({ ready: true } satisfies GradientThreadReply);
