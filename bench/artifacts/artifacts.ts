/** Saving, inheriting from and resuming a large super-net; run by `npm run bench:artifacts`. */
import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { bertLayer, type Architecture, type ModelSize } from "@opnas/core";
import { readTensors, writeTensors, type Tensors } from "@opnas/worker";
import {
  buildBackbone,
  CheckpointFolder,
  GradientSum,
  inherit,
  loadState,
  saveState,
  superNetParameters,
  trainedTensors,
  type SuperNetState,
} from "@opnas/worker/internals";
import { runBench, whole } from "../common/command.ts";

const about = `Seconds, bytes and memory that it takes to save a super-net and its checkpoint, to inherit a
BERT-like candidate's weights from it, and to resume from the checkpoint; by default at 200 M parameters.
Weights are made, nothing is trained. Files go to the folder for temporary files (TMPDIR).`;

const step = 7;

await runBench(
  {
    name: "bench:artifacts",
    about,
    options: {
      layers: whole(1).default(12),
      hidden: whole(1).default(768),
      heads: whole(1).default(12),
      vocabulary: whole(1).default(40_000),
      length: whole(1).default(128),
    },
    quick: { layers: "2", hidden: "32", heads: "2", vocabulary: "1024", length: "32" },
  },
  async ({ layers, hidden, heads, vocabulary, length }) => {
    const size: ModelSize = { layers, hidden, heads, vocabulary, length, rawKernels: false };
    const folder = await mkdtemp(path.join(tmpdir(), "opnas-artifacts-"));
    try {
      const rows = await measure(size, folder);
      console.table(rows);
      return { parameters: parametersOf(size), rows };
    } finally {
      await rm(folder, { recursive: true });
    }
  },
);

async function measure(size: ModelSize, folder: string) {
  const file = path.join(folder, "super-net.safetensors");
  const checkpoints = new CheckpointFolder({
    folder: path.join(folder, "checkpoints"),
    attempt: 1,
  });
  const made = madeState(size);
  const rows = [
    await timed("save the checkpoint", async () => {
      await checkpoints.save(saveState(made), step);
    }),
    await timed("save the super-net", async () => {
      await writeTensors(file, trainedTensors(made));
    }),
    await timed("inherit a candidate's weights", async () => {
      const backbone = buildBackbone(size, bertOf(size), "once");
      const names = backbone.parameters.map(({ name }) => name);
      const weights = inherit(await readTensors(file, names), backbone);
      compare(made.weights, weights);
    }),
    await timed("resume from the checkpoint", async () => {
      const state = await checkpoints.newest((tensors) => loadState(tensors, size));
      if (state?.step !== step) throw new Error("The checkpoint is another one.");
      compare(made.weights, state.weights);
      compare(made.adam.meanSquare, state.adam.meanSquare);
    }),
  ];
  const [name = ""] = await readdir(path.join(folder, "checkpoints"));
  const bytes = {
    superNetBytes: (await stat(file)).size,
    checkpointBytes: (await stat(path.join(folder, "checkpoints", name))).size,
  };
  return rows.map((row) => ({ ...row, ...bytes }));
}

/** Returns a state whose arrays are made, one for the weights and both of Adam's means: a third of its memory. */
function madeState(size: ModelSize): SuperNetState {
  const weights: Tensors = new Map(
    superNetParameters(size).map(({ name, shape }, at) => {
      const data = new Float32Array(shape.reduce((count, width) => count * width, 1));
      for (let index = 0; index < data.length; index++) data[index] = at + index / data.length;
      return [name, { shape, data }];
    }),
  );
  const zeros = Array.from({ length: size.layers }, () => 0);
  return {
    weights,
    adam: { step, mean: weights, meanSquare: weights },
    summed: new GradientSum(),
    step,
    trained: { attention: zeros, conv: zeros },
    skipped: 0,
  };
}

function bertOf({ layers }: ModelSize): Architecture {
  return { version: 1, layers: Array.from({ length: layers }, () => bertLayer) };
}

function parametersOf(size: ModelSize): number {
  return superNetParameters(size).reduce(
    (sum, { shape }) => sum + shape.reduce((count, width) => count * width, 1),
    0,
  );
}

/** Throws unless every read tensor holds the numbers that were written. */
function compare(written: Tensors, read: Tensors): void {
  for (const [name, { data }] of read) {
    const before = written.get(name)?.data ?? new Float32Array();
    const bytes = (of: Float32Array) => Buffer.from(of.buffer, of.byteOffset, of.byteLength);
    if (!bytes(before).equals(bytes(data))) throw new Error(`The tensor ${name} is another one.`);
  }
}

async function timed(what: string, work: () => Promise<void>) {
  const start = performance.now();
  await work();
  const seconds = (performance.now() - start) / 1000;
  return { what, seconds, peakBytes: process.resourceUsage().maxRSS * 1024 };
}
