/** Exported models against the platform's own numbers; run by `npm run bench:export`. */
import { copyFile, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { type ModelSize, sampleBackbone, stream } from "@opnas/core";
import { modelingFileName } from "@opnas/export";
import { startEngine } from "@opnas/worker";
import { cacheFolder } from "@opnas/worker/internals";
import { z } from "zod";
import { runBench, whole } from "../common/command.ts";
import { item, numbersFrom } from "../common/items.ts";
import { type JsonLines, startJsonLines } from "../common/jsonLines.ts";
import { eta, note } from "../common/progress.ts";
import { startOnnx } from "./onnxSides.ts";
import { pythonWithTorch } from "./python.ts";
import { type Case, writeCase } from "./writeCase.ts";

const about = `Random backbones with random weights are exported for PyTorch, with every operation and kernel among them, and
run there on a padded batch. How far they are off, at the most: hidden states and masked-word logits from ours; the
gradients of a loss, as a share of their length; a sentence by itself from the same one in the batch; hidden states from
those in double precision (exact), and gradients; hidden states from those with weights moved by a unit in the last
place (sensitive), which shows what no two programs compute alike; gradients with checkpointing from those without;
bfloat16, in the mean. pyflakes and mypy read every file. The same backbones as ONNX, checked by onnx.checker, run in
onnxruntime. Python's packages are put by pip into the cache, once per machine: several GB.`;

/** The differences of one model, by what is compared. */
const differenceSchema = z.object({
  hidden: z.number(),
  logits: z.number(),
  gradient: z.number(),
  alone: z.number(),
  exact: z.number(),
  exactGradient: z.number(),
  sensitive: z.number(),
  checkpointed: z.number(),
  halves: z.number(),
});
type Difference = z.output<typeof differenceSchema>;

/** Differences of one model; `unexpected` lists tensors that are missing or too many. */
const answerSchema = differenceSchema.extend({ unexpected: z.tuple([]) });

/** The findings of pyflakes and mypy, empty where there are none. */
const findingsSchema = z.strictObject({ pyflakes: z.string(), mypy: z.string() });

await runBench(
  {
    name: "bench:export",
    about,
    options: { seed: whole(0).default(1), architectures: whole(1).default(300) },
    quick: { architectures: "6" },
  },
  async ({ seed, architectures }) => {
    const folder = await mkdtemp(path.join(tmpdir(), "opnas-export-"));
    try {
      await startEngine("auto", 1);
      return await compareAll(
        folder,
        numbersFrom(0, architectures).map((index) => caseOf(seed, index)),
      );
    } finally {
      await rm(folder, { recursive: true });
    }
  },
);

interface Result extends Case {
  differences: Difference;
}

/** Compares all cases; prints and returns the largest differences. */
async function compareAll(folder: string, cases: readonly Case[]) {
  const script = fileURLToPath(new URL("compare.py", import.meta.url));
  const env = {
    ...process.env,
    PYTHONDONTWRITEBYTECODE: "1",
    HF_MODULES_CACHE: path.join(folder, "modules"),
  };
  const sources = path.join(folder, "sources");
  await mkdir(sources);
  const program = await pythonWithTorch();
  const python = await startJsonLines("PyTorch's side", [program, script], env);
  const onnx = await startOnnx(program);
  const left = eta();
  const results: Result[] = [];
  const files: string[] = [];
  try {
    for (const [index, each] of cases.entries()) {
      const place = path.join(folder, `model${index.toString()}`);
      await writeCase(place, each);
      await onnx.compare(place);
      const differences = await python.ask({ folder: place }, answerSchema);
      results.push({ ...each, differences: differenceSchema.parse(differences) });
      const file = path.join(sources, `model_${index.toString()}.py`);
      await copyFile(path.join(place, modelingFileName), file);
      files.push(file);
      await rm(place, { recursive: true });
      note(
        `${(index + 1).toString()} architectures are compared, ${left((index + 1) / cases.length)}`,
        2000,
      );
    }
    const findings = await findingsIn(python, files);
    const largest = largestOf(results);
    const covered = coverage(cases);
    console.log(python.report);
    console.table({ architectures: results.length, ...largest });
    console.log(`above 1e-4 in hidden states: ${above(results).join("; ") || "none"}`);
    console.log(`covered: ${covered.join(", ")}`);
    console.log(`pyflakes: ${findings.pyflakes || "clean"}\nmypy: ${findings.mypy || "clean"}`);
    return {
      made: python.report,
      architectures: results.length,
      largest,
      findings,
      covered,
      results,
      onnx: onnx.summary(),
    };
  } finally {
    python.end();
    onnx.end();
  }
}

/** Asks pyflakes and mypy about files, in one run each; mypy keeps what it knows of PyTorch in the cache. */
function findingsIn(python: JsonLines, files: readonly string[]) {
  note("pyflakes and mypy read the files", 0);
  const cache = path.join(cacheFolder(), "python", "mypy");
  return python.ask({ files, cache }, findingsSchema);
}

function largestOf(results: readonly Result[]): Difference {
  const worst = (name: keyof Difference) =>
    Math.max(...results.map(({ differences }) => differences[name]));
  return {
    hidden: worst("hidden"),
    logits: worst("logits"),
    gradient: worst("gradient"),
    alone: worst("alone"),
    exact: worst("exact"),
    exactGradient: worst("exactGradient"),
    sensitive: worst("sensitive"),
    checkpointed: worst("checkpointed"),
    halves: worst("halves"),
  };
}

/** Describes each case whose hidden states differ by more than 1e-4. */
function above(results: readonly Result[]): string[] {
  return results.flatMap(({ differences: { hidden, exact, sensitive } }, index) =>
    hidden <= 1e-4
      ? []
      : [
          `${index.toString()} by ${hidden.toExponential(1)} (from double precision ${exact.toExponential(1)}, sensitive ${sensitive.toExponential(1)})`,
        ],
  );
}

/** Lists the operations and kernels that are among the cases. */
function coverage(cases: readonly Case[]): string[] {
  const names = cases.flatMap(({ architecture }) =>
    architecture.layers.flatMap((layer) =>
      layer.kind === "conv"
        ? [`kernel ${layer.kernelSize.toString()}`]
        : layer.graph.nodes.map(({ op }) => op),
    ),
  );
  return [...new Set(names)].sort();
}

/** Makes case `index`: depths 1 to 6, one to four heads, raw kernels or not, lengths up to 128. */
function caseOf(seed: number, index: number): Case {
  const random = stream(seed, "export", index);
  const layers = 1 + (index % 6);
  const size: ModelSize = {
    layers,
    hidden: 16,
    heads: item([1, 2, 4], random.int(3)),
    vocabulary: 256,
    length: 1 + random.int(128),
    rawKernels: index % 2 === 1,
  };
  return { architecture: sampleBackbone(layers, 12, random), size, seed: seed * 1_000_000 + index };
}
