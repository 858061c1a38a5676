/** Exported models against the platform's own numbers; run by `npm run bench:export`. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { startEngine } from "@opnas/worker";
import { z } from "zod";
import { list, runBench, whole } from "../common/command.ts";
import { numbersFrom } from "../common/items.ts";
import { eta, note } from "../common/progress.ts";
import { caseOf, coverage } from "./cases.ts";
import { pythonWithTorch } from "./python.ts";
import { startPytorch } from "./pytorch.ts";
import { type Side, startOnnx, startTfjs } from "./sides.ts";
import { type Case, writeCase } from "./writeCase.ts";

const about = `Random backbones with random weights are exported for PyTorch, with every operation and kernel among them, and
run there on a padded batch. How far they are off, at the most: hidden states and masked-word logits from ours; the
gradients of a loss, as a share of their length; a sentence by itself from the same one in the batch; hidden states from
those in double precision (exact), and gradients, PyTorch's and ours (own); hidden states from those with weights moved
by a unit in the last place (sensitive), which shows what no two programs compute alike; gradients with checkpointing
from those without; bfloat16 and float16, in the mean, and how many models are not finite in them. pyflakes and mypy read
every file. The same backbones as ONNX, checked by onnx.checker, run in onnxruntime, and as GraphModels in
TensorFlow.js, on its backends cpu and wasm. Python's packages are put by pip into the cache, once per machine: several
GB; --formats tfjs needs none. --only 3,17 takes the backbones of these numbers alone.`;

const formats = ["pytorch", "onnx", "tfjs"] as const;
type Format = (typeof formats)[number];

await runBench(
  {
    name: "bench:export",
    about,
    options: {
      seed: whole(0).default(1),
      architectures: whole(1).default(300),
      only: list(whole(0)).optional(),
      formats: list(z.enum(formats)).default([...formats]),
    },
    quick: { architectures: "6" },
  },
  async ({ seed, architectures, only, formats }) => {
    const folder = await mkdtemp(path.join(tmpdir(), "opnas-export-"));
    try {
      await startEngine("auto", 1);
      const numbers = only ?? numbersFrom(0, architectures);
      const cases = numbers.map((index) => caseOf(seed, index));
      return await compareAll(folder, cases, new Set(formats));
    } finally {
      await rm(folder, { recursive: true });
    }
  },
);

/** Compares all cases in each format; prints and returns the largest differences. */
async function compareAll(folder: string, cases: readonly Case[], formats: ReadonlySet<Format>) {
  const pytorch = formats.has("pytorch") ? await startPytorch(folder) : undefined;
  const sides: Side[] = [];
  const left = eta();
  try {
    if (formats.has("onnx")) sides.push(...(await startOnnx(await pythonWithTorch())));
    if (formats.has("tfjs")) sides.push(await startTfjs("cpu"), await startTfjs("wasm"));
    for (const [index, each] of cases.entries()) {
      const place = path.join(folder, `model${index.toString()}`);
      await writeCase(place, each);
      for (const side of sides) await side.compare(place);
      await pytorch?.compare(place, each);
      await rm(place, { recursive: true });
      note(
        `${(index + 1).toString()} architectures are compared, ${left((index + 1) / cases.length)}`,
        2000,
      );
    }
    const covered = coverage(cases);
    console.log(`${cases.length.toString()} architectures; covered: ${covered.join(", ")}`);
    return {
      architectures: cases.length,
      covered,
      pytorch: await pytorch?.summary(),
      graphs: sides.map((side) => side.summary()),
    };
  } finally {
    pytorch?.end();
    sides.forEach((side) => side.end());
  }
}
