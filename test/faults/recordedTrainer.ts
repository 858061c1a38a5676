/**
 * A trainer's process that replays a recording: it answers what the real trainer answered for the same
 * architecture, after some tenths of a second. Its super-net and its checkpoints are real files, written, read and
 * resumed from by the real code; each holds one number that only whole, right resuming leads to.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { OpnasError, toOpnasError } from "@opnas/core";
import { readTensors, type Tensors, writeTensors } from "@opnas/worker";
import { CheckpointFolder, type Reply, requestSchema, type Work } from "@opnas/worker/trainer";
import { readRecording } from "./recording.ts";

const { results } = await readRecording(process.env.OPNAS_TEST_RECORDING ?? "");

/** Steps of a super-net, and of an evaluation; each takes so many milliseconds. */
const superNet = { steps: 60, milliseconds: 50 };
const evaluation = { steps: 12, milliseconds: 80 };
/** Steps between two checkpoints. */
const checkpointEvery = 4;

/** The number that training leads to: it depends on every step before. */
const next = (value: number, step: number) => Math.fround(value * 1.01 + step);

const tensorOf = (value: number, step: number): Tensors =>
  new Map([["trained", { shape: [2], data: Float32Array.of(value, step) }]]);

function stateOf(tensors: Tensors): { value: number; step: number } {
  const [value, step] = tensors.get("trained")?.data ?? [];
  if (value === undefined || step === undefined) {
    throw new OpnasError("CORRUPT_ARTIFACT", "A recorded checkpoint without its number.");
  }
  return { value, step };
}

/** Goes through the steps from the newest checkpoint on. @throws OpnasError STOPPED */
async function trained(
  work: Extract<Work, { type: "superNet" | "evaluate" }>,
  { steps, milliseconds }: typeof superNet,
  signal: AbortSignal,
): Promise<number> {
  const checkpoints = new CheckpointFolder(work.checkpoints);
  const state = (await checkpoints.newest(stateOf)) ?? { value: 1, step: 0 };
  let { value } = state;
  for (let step = state.step + 1; step <= steps; step += 1) {
    await sleep(milliseconds);
    value = next(value, step);
    const isDue = signal.aborted || step % checkpointEvery === 0;
    if (isDue) {
      send({ type: "saved", name: await checkpoints.save(tensorOf(value, step), step) });
    }
    if (signal.aborted) throw new OpnasError("STOPPED", "Stopped between two steps.");
    const tokensPerSecond = 1000;
    if (work.type !== "superNet") continue;
    send({ type: "progress", step, total: steps, loss: value, tokensPerSecond, note: null });
  }
  return value;
}

async function run(work: Work, signal: AbortSignal): Promise<Reply> {
  const whole = (steps: number) =>
    Array.from({ length: steps }, (_, index) => index + 1).reduce(next, 1);
  if (work.type === "superNet") {
    const value = await trained(work, superNet, signal);
    const checksum = await writeTensors(work.resultFile, tensorOf(value, superNet.steps));
    return {
      type: "superNet",
      steps: work.run.settings.superNet.steps,
      seconds: 3,
      skipped: 0,
      checksum,
    };
  }
  if (work.type !== "evaluate") throw new OpnasError("INTERNAL", "Nothing else was recorded.");
  const { file, checksum } = work.superNet;
  try {
    const { value } = stateOf(await readTensors(file, ["trained"], checksum));
    if (value !== whole(superNet.steps)) {
      throw new OpnasError("INTERNAL", "The super-net is another one than that of all its steps.");
    }
  } catch (error) {
    const { code, message } = toOpnasError(error);
    if (code === "INTERNAL" && !isMissing(error)) throw error;
    return { type: "superNetUnusable", reason: message };
  }
  const value = await trained(work, evaluation, signal);
  if (value !== whole(evaluation.steps)) {
    throw new OpnasError("INTERNAL", "The evaluation resumed from another state than it left.");
  }
  const result = results[work.key];
  if (result === undefined) {
    throw new OpnasError("INTERNAL", "The undisturbed search has no such architecture.");
  }
  return { type: "evaluate", result };
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}

function send(reply: Reply): void {
  process.send?.(reply, (error: Error | null) => {
    if (error !== null) process.exit(0);
  });
}

let stop = new AbortController();
process.on("SIGINT", () => undefined);
process.on("disconnect", () => process.exit(0));
process.on("message", (message) => {
  const request = requestSchema.parse(message);
  if (request.type === "stop") {
    stop.abort();
    return;
  }
  stop = new AbortController();
  run(request, stop.signal).then(send, (error: unknown) => {
    const { code, message: sentence } = toOpnasError(error);
    send({ type: "error", code, message: sentence });
  });
});
send({ type: "ready", engine: { name: "recorded", version: "1", threads: 1, reasons: [] } });
