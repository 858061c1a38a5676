/** Exported ONNX models in onnxruntime, for Node and for Python, beside the comparison with PyTorch. */
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { type JsonLines, startJsonLines } from "../common/jsonLines.ts";
import { compareOnnx, type OnnxDifferences } from "./onnx.ts";

const differencesSchema = z.strictObject({
  hidden: z.number(),
  logits: z.number(),
  alone: z.number(),
});

/** The differences of one model in both. */
interface Sides {
  node: OnnxDifferences;
  python: OnnxDifferences;
}

/** Starts Python's side; `python` is one with onnx, onnxruntime and safetensors. */
export async function startOnnx(python: string): Promise<OnnxSides> {
  const script = fileURLToPath(new URL("compareOnnx.py", import.meta.url));
  const env = { ...process.env, PYTHONDONTWRITEBYTECODE: "1" };
  return new OnnxSides(await startJsonLines("onnxruntime's side", [python, script], env));
}

/** Both sides, and what they found. */
export class OnnxSides {
  private readonly found: Sides[] = [];
  private readonly python: JsonLines & { report: string };

  constructor(python: JsonLines & { report: string }) {
    this.python = python;
  }

  /** Compares a folder's model.onnx with its expected.safetensors, after onnx.checker. */
  async compare(folder: string): Promise<void> {
    const node = await compareOnnx(folder);
    this.found.push({ node, python: await this.python.ask({ folder }, differencesSchema) });
  }

  /** Prints and returns the largest differences of both, and the cases above 1e-4. */
  summary() {
    const worst = (side: keyof Sides) => {
      const most = (name: keyof OnnxDifferences) =>
        Math.max(...this.found.map((each) => each[side][name]));
      return { hidden: most("hidden"), logits: most("logits"), alone: most("alone") };
    };
    const largest = { node: worst("node"), python: worst("python") };
    const above = this.found.flatMap(({ node, python }, index) =>
      Math.max(furthest(node), furthest(python)) > 1e-4 ? [index] : [],
    );
    console.log(`${this.python.report}; in Node and in Python`);
    console.table(largest);
    console.log(`above 1e-4 in onnxruntime: ${above.join(", ") || "none"}`);
    return { made: this.python.report, largest, above, results: this.found };
  }

  end(): void {
    this.python.end();
  }
}

function furthest({ hidden, logits, alone }: OnnxDifferences): number {
  return Math.max(hidden, logits, alone);
}
