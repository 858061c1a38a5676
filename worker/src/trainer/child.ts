/**
 * A trainer: a process that holds one engine and does one piece of training at a time for the worker
 * that started it. It dies with the worker, and the worker's heartbeat never waits for it.
 */
import { existsSync } from "node:fs";
import { OpnasError, toOpnasError, type ModelSize, type SearchSettings } from "@opnas/core";
import { z } from "zod";
import { writeModel } from "../model/modelFile.js";
import { readTensors, writeTensors } from "../files/safetensors.js";
import { removeWithDrafts } from "../files/writeAtomically.js";
import type { DataRequest } from "../dataset/request.js";
import { usesUserText, prepareUserText } from "../dataset/userText.js";
import type { TextPlaces } from "../dataset/places.js";
import { prepareData } from "../dataset/builtIn.js";
import type { PreparedData } from "../text/types.js";
import { engineChoices, type EngineName } from "../engine/choose.js";
import { startEngine } from "../engine/start.js";
import { lessonsPerStep, pretrainModel } from "../pretraining/train.js";
import { Crew } from "../training/gradientThreads.js";
import { evaluateCandidate } from "../candidate/evaluate.js";
import { trainSuperNet } from "../supernet/train.js";
import type { Tensors } from "../engine/hostTensor.js";
import { type Reply, requestSchema, type Work } from "./protocol.js";

type SuperNetWork = Extract<Work, { type: "superNet" }>;
type EvaluateWork = Extract<Work, { type: "evaluate" }>;
type PretrainWork = Extract<Work, { type: "pretrain" }>;

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

function dataFor({ run: { settings }, text }: SuperNetWork | EvaluateWork) {
  const { size, tasks, evaluationExamples } = settings;
  const { vocabulary, length } = size;
  return prepared({ vocabulary, length, tasks, evaluationExamples }, settings.text, text);
}

async function prepared(
  request: DataRequest,
  text: SearchSettings["text"],
  places: TextPlaces,
): Promise<PreparedData> {
  const own = usesUserText(text) && { request, text, places };
  // A run keeps to its text, but another run may find the same folder changed.
  const key = JSON.stringify([request, own && places.keyFile]);
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
    const value = await (own
      ? prepareUserText(own, report)
      : prepareData(request, places.cache, report));
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
  const resume = await checkpointIn(work.checkpointFile);
  const started = performance.now();
  const trained = await trainSuperNet({
    settings,
    seed,
    data,
    resume,
    startCrew: crewStarter(settings.size, Math.min(work.cores, subNetworks)),
    report: ({ step, total, loss, tokensPerSecond }) =>
      reply({ type: "progress", step, total, loss, tokensPerSecond, note: null }),
    checkpoint: (tensors) => writeTensors(work.checkpointFile, tensors),
    stopped,
  });
  await writeTensors(work.resultFile, trained);
  await removeWithDrafts(work.checkpointFile);
  return {
    type: "superNet",
    steps: settings.superNet.steps,
    seconds: (performance.now() - started) / 1000,
  };
}

async function checkpointIn(file: string): Promise<Tensors | undefined> {
  return existsSync(file) ? readTensors(file) : undefined;
}

/** So many threads, this one alone where they cannot be started. */
function crewStarter(size: ModelSize, threads: number) {
  const running = engine;
  if (running === undefined) return undefined;
  return async (weights: Tensors): Promise<Crew> => {
    try {
      return await Crew.start(running, size, weights, threads);
    } catch (error) {
      console.error("This training runs on one core:", error);
      return Crew.alone(size, weights);
    }
  };
}

/**
 * The checkpoint stays: the worker may be killed before it has stored that the training is done, and
 * then another tells the whole loss curve from it once more.
 */
async function doPretrain(work: PretrainWork): Promise<Reply> {
  const { architecture, settings, seed, checkpointFile } = work;
  const { size, steps } = settings;
  const { vocabulary, length } = size;
  const request = { vocabulary, length, tasks: [], evaluationExamples: 0 };
  const data = await prepared(request, work.text, work.places);
  const weights = await pretrainModel({
    architecture,
    settings,
    seed,
    data,
    stopped,
    resume: await checkpointIn(checkpointFile),
    startCrew: crewStarter(size, Math.min(work.cores, lessonsPerStep(settings))),
    report: (step, points) =>
      reply({
        type: "progress",
        step,
        total: steps,
        loss: points.at(-1)?.loss ?? null,
        tokensPerSecond: points.at(-1)?.tokensPerSecond ?? 0,
        note: null,
        points: [...points],
      }),
    checkpoint: (tensors) => writeTensors(checkpointFile, tensors),
  });
  await writeModel(work.modelFolder, {
    architecture,
    size,
    vocabulary: data.vocabulary,
    weights,
  });
  return { type: "pretrain" };
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

function work(request: Work): Promise<Reply> {
  switch (request.type) {
    case "superNet":
      return doSuperNet(request);
    case "evaluate":
      return doEvaluate(request);
    case "pretrain":
      return doPretrain(request);
  }
}

async function handle(message: unknown): Promise<void> {
  try {
    const request = requestSchema.parse(message);
    stopping = request.type === "stop";
    if (request.type === "stop") return;
    reply(await work(request));
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
