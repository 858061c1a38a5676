import path from "node:path";
import { z } from "zod";
import { item, numbersFrom } from "../common/items.ts";
import { note } from "../common/progress.ts";
import { spread, type Spread } from "../common/statistics.ts";
import {
  architecturesOf,
  flopsOf,
  learningRate,
  models,
  type Kind,
  type ModelName,
} from "./cases.ts";
import { lossesSchema, memorySchema, peakMemorySchema, secondsSchema } from "./protocol.ts";
import type { Question } from "./protocol.ts";
import type { Side, startOurs, startPeer } from "./sides.ts";

/** The processes and how long they are timed. */
export interface Bench {
  ours: Awaited<ReturnType<typeof startOurs>>;
  /** PyTorch; undefined where our side is measured alone. */
  peer: Awaited<ReturnType<typeof startPeer>> | undefined;
  rounds: number;
  /** Seconds that one side is timed for in one round, about. */
  seconds: number;
  /** Times torch.compile too. */
  compile: boolean;
  /** For weights and batches. */
  folder: string;
  /** GFLOP/s of a large matrix product; null without PyTorch. */
  peak: number | null;
}

/** One case's figures; those of PyTorch are null without it. */
export interface Measured {
  model: ModelName;
  case: Kind;
  engine: string;
  stepsPerSecond: number;
  peerStepsPerSecond: number | null;
  /** Our speed by PyTorch's, round by round. */
  ratio: Spread | null;
  tokensPerSecond: number;
  gflops: number;
  shareOfPeak: number | null;
  peakMemoryBytes: number;
  peerPeakMemoryBytes: number | null;
  tensors: number;
  /** The way of PyTorch's convolutions that was faster. */
  peerConvolution: string | null;
  compiled?: { peerStepsPerSecond: number };
}

const comparedSteps = 5;
/** Relative; float32 sums in another order differ by less after five steps. */
const tolerance = 1e-4;

/**
 * Measures one case, both sides taking turns.
 * @throws Error if the two programs' losses differ; without PyTorch, if ours does not repeat its
 * own
 */
export async function measure(bench: Bench, model: ModelName, kind: Kind): Promise<Measured> {
  const { ours, peer, peak } = bench;
  const { size, batch } = models[model];
  const steps = architecturesOf(kind, size);
  const file = path.join(bench.folder, `${model}-${kind}.safetensors`);
  await ask(ours, { ask: "prepare", model, kind, file }, z.null());
  const request = { ask: "prepare", file, steps, heads: size.heads, learningRate };
  await peer?.ask(request, z.null());
  await compareLosses(bench, `${model} ${kind}`);
  const choice = await peer?.ask({ ask: "choose", count: 3 }, z.string());

  const count = await fitting(ours, bench.seconds);
  const peerCount = peer ? await fitting(peer, bench.seconds) : 0;
  const own: number[] = [];
  const others: number[] = [];
  for (let round = 0; round < bench.rounds; round++) {
    own.push(count / (await ours.ask({ ask: "run", count }, secondsSchema)));
    if (!peer) continue;
    others.push(peerCount / (await peer.ask({ ask: "run", count: peerCount }, secondsSchema)));
  }
  const stepsPerSecond = spread(own).median;
  const gflops = (flopsOf(steps, models[model]) * stepsPerSecond) / 1e9;
  const memory = await ask(ours, { ask: "memory" }, memorySchema);
  const peerMemory = await peer?.ask({ ask: "memory" }, peakMemorySchema);
  const isCompiled = peer !== undefined && bench.compile && kind !== "superNet";
  return {
    model,
    case: kind,
    engine: ours.engine.name,
    stepsPerSecond,
    peerStepsPerSecond: peer ? spread(others).median : null,
    ratio: peer ? spread(own.map((speed, round) => speed / item(others, round))) : null,
    tokensPerSecond: stepsPerSecond * batch * size.length,
    gflops,
    shareOfPeak: peak === null ? null : gflops / peak,
    peakMemoryBytes: memory.bytes,
    peerPeakMemoryBytes: peerMemory?.bytes ?? null,
    tensors: memory.tensors,
    peerConvolution: choice ?? null,
    ...(isCompiled && { compiled: await compiled(peer, peerCount) }),
  };
}

/** Returns tensors and resident memory of our side after every tenth of so many super-net steps. */
export async function steadiness({ ours, folder }: Bench, steps: number) {
  if (steps === 0) return [];
  const file = path.join(folder, "steady.safetensors");
  await ask(ours, { ask: "prepare", model: "tiny", kind: "superNet", file }, z.null());
  const marks: { steps: number; residentBytes: number; tensors: number }[] = [];
  const count = Math.max(1, Math.round(steps / 10));
  for (const part of numbersFrom(1, 10)) {
    await ask(ours, { ask: "run", count }, secondsSchema);
    const { residentBytes, tensors } = await ask(ours, { ask: "memory" }, memorySchema);
    marks.push({ steps: count * part, residentBytes, tensors });
    note(`${count * part} steps: ${tensors} tensors, ${Math.round(residentBytes / 1e6)} MB`);
  }
  return marks;
}

/** Asks our side, whose questions have a schema. */
function ask<T>(side: Side, question: Question, answer: z.ZodType<T>): Promise<T> {
  return side.ask(question, answer);
}

/** Trains both sides from the same weights over the same batches; without PyTorch, ours twice. */
async function compareLosses({ ours, peer }: Bench, name: string): Promise<void> {
  const request = { ask: "losses", count: comparedSteps };
  const own = await ours.ask(request, lossesSchema);
  const other = await (peer ?? ours).ask(request, lossesSchema);
  const apart = own.map((loss, step) => Math.abs(loss - item(other, step)) / item(other, step));
  if (apart.every((each) => each < (peer ? tolerance : Number.MIN_VALUE))) return;
  const [what, whose] = peer
    ? ["the two programs differ", "PyTorch's"]
    : ["it does not repeat", "again"];
  throw new Error(
    `${name}: ${what}, so there is nothing to time. Ours ${own.join(" ")}, ${whose} ${other.join(" ")}.`,
  );
}

/** Returns the steps that take about the wanted seconds, after a warm-up of as many. */
async function fitting(side: Side, wanted: number): Promise<number> {
  await side.ask({ ask: "run", count: 5 }, secondsSchema);
  const seconds = await side.ask({ ask: "run", count: 5 }, secondsSchema);
  const count = Math.max(3, Math.round((5 * wanted) / seconds));
  await side.ask({ ask: "run", count }, secondsSchema);
  return count;
}

/** Times PyTorch's compiler, where it works: the mark to aim at later. */
async function compiled(peer: Side, count: number): Promise<{ peerStepsPerSecond: number }> {
  await peer.ask({ ask: "compile", count: 10 }, secondsSchema);
  const seconds = await peer.ask({ ask: "run", count }, secondsSchema);
  return { peerStepsPerSecond: count / seconds };
}
