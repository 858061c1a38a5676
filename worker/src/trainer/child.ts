/**
 * A trainer: a process that holds one engine and does one piece of training at a time for the worker
 * that started it. It dies with the worker, and the worker's heartbeat never waits for it.
 */
import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { OpnasError, toOpnasError } from "@opnas/core";
import { z } from "zod";
import { readTensors, writeTensors } from "../artifacts/safetensors.js";
import { isOwn, prepareOwn } from "../data/own/prepare.js";
import { prepareData } from "../data/prepare.js";
import type { PreparedData } from "../data/types.js";
import { engineChoices, type EngineName } from "../engine/choose.js";
import { startEngine } from "../engine/start.js";
import { Crew } from "../training/crew.js";
import { evaluateCandidate } from "../training/evaluate.js";
import { trainSuperNet } from "../supernet/train.js";
import type { Tensors } from "../artifacts/safetensors.js";
import { type Reply, requestSchema, type Work } from "./protocol.js";

type SuperNetWork = Extract<Work, { type: "superNet" }>;
type EvaluateWork = Extract<Work, { type: "evaluate" }>;

/** Of a super-net's step; more threads would have nothing to do. */
const subNetworks = 2;

let stopping = false;
const stopped = () => stopping;

/** The engine of this process, once it runs. */
let engine: EngineName | undefined;

/** A reply that cannot be delivered means that the worker is gone: then this process is, too. */
function reply(message: Reply): void {
  process.send?.(message, (error: Error | null) => {
    if (error !== null) process.exit(0);
  });
}

/** What the last request read, kept for the next: requests of one run follow one another. */
const kept = {
  data: undefined as { key: string; value: PreparedData } | undefined,
  superNet: undefined as { file: string; value: Tensors } | undefined,
};

async function dataFor({ run: { settings }, text }: Pick<Work, "run" | "text">) {
  const request = {
    vocabulary: settings.size.vocabulary,
    length: settings.size.length,
    tasks: settings.tasks,
    evaluationExamples: settings.evaluationExamples,
  };
  const own = isOwn(settings.text) && { request, text: settings.text, places: text };
  // A run keeps to its text, but another run may find the same folder changed.
  const key = JSON.stringify([request, own && text.keyFile]);
  if (kept.data?.key !== key) {
    const report = (note: string, fraction: number) => {
      if (stopping) throw new OpnasError("STOPPED", "The text was not prepared to its end.");
      reply({
        type: "progress",
        step: Math.round(fraction * 100),
        total: 100,
        loss: null,
        tokensPerSecond: 0,
        note,
      });
    };
    const value = await (own ? prepareOwn(own, report) : prepareData(request, text.cache, report));
    kept.data = { key, value };
  }
  return kept.data.value;
}

async function superNetFrom(file: string): Promise<Tensors> {
  if (kept.superNet?.file !== file) kept.superNet = { file, value: await readTensors(file) };
  return kept.superNet.value;
}

async function doSuperNet(work: SuperNetWork): Promise<Reply> {
  const { seed, settings } = work.run;
  const data = await dataFor(work);
  const resume = existsSync(work.checkpointFile)
    ? await readTensors(work.checkpointFile)
    : undefined;
  const started = performance.now();
  const trained = await trainSuperNet({
    settings,
    seed,
    data,
    resume,
    startCrew: crewStarter(work),
    report: ({ step, total, loss, tokensPerSecond }) =>
      reply({ type: "progress", step, total, loss, tokensPerSecond, note: null }),
    checkpoint: (tensors) => writeTensors(work.checkpointFile, tensors),
    stopped,
  });
  await writeTensors(work.resultFile, trained);
  await rm(work.checkpointFile, { force: true });
  return {
    type: "superNet",
    steps: settings.superNet.steps,
    seconds: (performance.now() - started) / 1000,
  };
}

/** As many threads as the worker grants cores, this one alone where they cannot be started. */
function crewStarter({ run, cores }: SuperNetWork) {
  const { size } = run.settings;
  const running = engine;
  if (running === undefined) return undefined;
  return async (weights: Tensors): Promise<Crew> => {
    try {
      return await Crew.start(running, size, weights, Math.min(cores, subNetworks));
    } catch (error) {
      console.error("The super-net trains on one core:", error);
      return Crew.alone(size, weights);
    }
  };
}

async function doEvaluate(work: EvaluateWork): Promise<Reply> {
  const { seed, settings } = work.run;
  const result = await evaluateCandidate({
    architecture: work.architecture,
    key: work.key,
    settings,
    seed,
    data: await dataFor(work),
    superNet: await superNetFrom(work.superNetFile),
    stopped,
  });
  return { type: "evaluate", result };
}

async function handle(message: unknown): Promise<void> {
  const request = requestSchema.parse(message);
  if (request.type === "stop") {
    stopping = true;
    return;
  }
  stopping = false;
  try {
    reply(request.type === "superNet" ? await doSuperNet(request) : await doEvaluate(request));
  } catch (error) {
    const { code, message: sentence } = toOpnasError(error);
    if (code === "INTERNAL") console.error(error);
    reply({ type: "error", code, message: sentence });
  }
}

const optionsSchema = z.object({
  engine: z.enum(engineChoices),
  threads: z.coerce.number().int().min(1),
});

async function main(): Promise<void> {
  const [choice, threads] = process.argv.slice(2);
  const options = optionsSchema.parse({ engine: choice, threads });
  // Ctrl-C reaches the whole process group; the worker decides what its trainers do then.
  process.on("SIGINT", () => undefined);
  process.on("disconnect", () => process.exit(0));
  process.on("message", (message) => void handle(message));
  const started = await startEngine(options.engine, options.threads);
  engine = started.name;
  reply({ type: "ready", engine: { ...started, reasons: [...started.reasons] } });
}

main().catch((error: unknown) => {
  const { code, message } = error instanceof OpnasError ? error : toOpnasError(error);
  reply({ type: "error", code, message });
  process.exitCode = 1;
  process.disconnect();
});
