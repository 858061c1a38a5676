/** Exported models in PyTorch, against the platform's own numbers; what is compared stands in compare.py. */
import { copyFile, mkdir } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { modelingFileName } from "@opnas/export";
import { cacheFolder } from "@opnas/worker/internals";
import { z } from "zod";
import { type JsonLines, startJsonLines } from "../common/jsonLines.ts";
import { note } from "../common/progress.ts";
import { pythonWithTorch } from "./python.ts";
import type { Case } from "./writeCase.ts";

/** The differences of one model, by what is compared. */
const differenceSchema = z.object({
  hidden: z.number(),
  logits: z.number(),
  gradient: z.number(),
  alone: z.number(),
  exact: z.number(),
  exactGradient: z.number(),
  ownGradient: z.number(),
  sensitive: z.number(),
  checkpointed: z.number(),
  /** Null where hidden states are not finite. */
  bfloat16: z.number().nullable(),
  float16: z.number().nullable(),
});
type Difference = z.output<typeof differenceSchema>;

/** Differences of one model; `unexpected` lists tensors that are missing or too many. */
const answerSchema = differenceSchema.extend({ unexpected: z.tuple([]) });

/** The findings of pyflakes and mypy, empty where there are none. */
const findingsSchema = z.strictObject({ pyflakes: z.string(), mypy: z.string() });

interface Result extends Case {
  differences: Difference;
}

/** Starts PyTorch's side; copies of the models' Python files are kept below `folder`. */
export async function startPytorch(folder: string): Promise<Pytorch> {
  const script = fileURLToPath(new URL("compare.py", import.meta.url));
  const env = {
    ...process.env,
    PYTHONDONTWRITEBYTECODE: "1",
    HF_MODULES_CACHE: path.join(folder, "modules"),
  };
  const sources = path.join(folder, "sources");
  await mkdir(sources);
  const python = await startJsonLines("PyTorch's side", [await pythonWithTorch(), script], env);
  return new Pytorch(python, sources);
}

/** PyTorch's side, and what it found so far. */
export class Pytorch {
  private readonly results: Result[] = [];
  private readonly files: string[] = [];
  private readonly python: JsonLines & { report: string };
  private readonly sources: string;

  constructor(python: JsonLines & { report: string }, sources: string) {
    this.python = python;
    this.sources = sources;
  }

  /** Compares a folder's model with its expected.safetensors. */
  async compare(folder: string, each: Case): Promise<void> {
    const differences = await this.python.ask({ folder }, answerSchema);
    const file = path.join(this.sources, `model_${this.files.length.toString()}.py`);
    await copyFile(path.join(folder, modelingFileName), file);
    this.files.push(file);
    this.results.push({ ...each, differences: differenceSchema.parse(differences) });
  }

  /** Asks pyflakes and mypy about the files; prints and returns all findings. */
  async summary() {
    const findings = await this.findings();
    const largest = largestOf(this.results);
    console.log(this.python.report);
    console.table({ models: this.results.length, ...largest });
    console.log(`above 1e-4 in hidden states: ${above(this.results).join("; ") || "none"}`);
    console.log(`above 1e-3 in gradients: ${steep(this.results).join("; ") || "none"}`);
    console.log(`pyflakes: ${findings.pyflakes || "clean"}\nmypy: ${findings.mypy || "clean"}`);
    return { made: this.python.report, largest, findings, results: this.results };
  }

  end(): void {
    this.python.end();
  }

  /** Asks about all files in one run each; mypy keeps what it knows of PyTorch in the cache. */
  private findings() {
    note("pyflakes and mypy read the files", 0);
    const cache = path.join(cacheFolder(), "python", "mypy");
    return this.python.ask({ files: this.files, cache }, findingsSchema);
  }
}

/** Returns the largest of each difference, and how many models are not finite in half precision. */
function largestOf(results: readonly Result[]) {
  const worst = (name: keyof Difference) =>
    Math.max(...results.map(({ differences }) => differences[name] ?? 0));
  const infinite = (name: "bfloat16" | "float16") =>
    results.filter(({ differences }) => differences[name] === null).length;
  return {
    hidden: worst("hidden"),
    logits: worst("logits"),
    gradient: worst("gradient"),
    alone: worst("alone"),
    exact: worst("exact"),
    exactGradient: worst("exactGradient"),
    ownGradient: worst("ownGradient"),
    sensitive: worst("sensitive"),
    checkpointed: worst("checkpointed"),
    bfloat16: worst("bfloat16"),
    float16: worst("float16"),
    infiniteBfloat16: infinite("bfloat16"),
    infiniteFloat16: infinite("float16"),
  };
}

/** Returns the number of a case among those of its seed. */
const numberOf = ({ seed }: Case): string => (seed % 1_000_000).toString();

/** Describes each case whose hidden states differ by more than 1e-4. */
function above(results: readonly Result[]): string[] {
  return results.flatMap((result) => {
    const { hidden, exact, sensitive } = result.differences;
    if (hidden <= 1e-4) return [];
    return `${numberOf(result)} by ${hidden.toExponential(1)} (from double precision ${exact.toExponential(1)}, sensitive ${sensitive.toExponential(1)})`;
  });
}

/** The most that a gradient may be off where float32 is able to give it. */
const steepest = 1e-3;

/**
 * How many times as far as PyTorch's gradients ours may be from those in double precision, where PyTorch's
 * are farther than `steepest` themselves (decision 0050).
 */
const mostTimes = 4;

/** Describes each case whose gradients differ by more than 1e-3, with double precision as the judge. */
function steep(results: readonly Result[]): string[] {
  return results.flatMap((result) => {
    const { gradient, exactGradient, ownGradient } = result.differences;
    if (gradient <= steepest) return [];
    const isRounding = exactGradient > steepest && ownGradient <= mostTimes * exactGradient;
    return `${numberOf(result)} by ${gradient.toExponential(1)} (from double precision: ours ${ownGradient.toExponential(1)}, PyTorch's ${exactGradient.toExponential(1)}: ${isRounding ? "no float32 gives it" : "MORE THAN ROUNDING"})`;
  });
}
