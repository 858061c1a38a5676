/** The programs beside PyTorch that run exported models: onnxruntime and TensorFlow.js. */
import { fileURLToPath } from "node:url";
import { type JsonLines, startJsonLines } from "../common/jsonLines.ts";
import { differencesSchema, type GraphDifferences } from "./compareFolder.ts";
import { compareOnnx } from "./onnx.ts";

/** A program that runs exported models, and what it found so far. */
export class Side {
  private readonly found: GraphDifferences[] = [];
  private readonly name: string;
  private readonly compareModel: (folder: string) => Promise<GraphDifferences>;
  readonly end: () => void;

  constructor(
    name: string,
    compareModel: (folder: string) => Promise<GraphDifferences>,
    end: () => void = () => undefined,
  ) {
    this.name = name;
    this.compareModel = compareModel;
    this.end = end;
  }

  /** Compares a folder's model with its expected.safetensors. */
  async compare(folder: string): Promise<GraphDifferences> {
    const differences = await this.compareModel(folder);
    this.found.push(differences);
    return differences;
  }

  /** Prints and returns the largest differences, and the cases above 1e-4. */
  summary() {
    const most = (name: keyof GraphDifferences) =>
      Math.max(...this.found.map((each) => each[name]));
    const largest = { hidden: most("hidden"), logits: most("logits"), alone: most("alone") };
    const above = this.found.flatMap(({ hidden, logits, alone }, index) =>
      Math.max(hidden, logits, alone) > 1e-4 ? [index] : [],
    );
    console.log(this.name);
    console.table({ models: this.found.length, ...largest });
    console.log(`above 1e-4: ${above.join(", ") || "none"}`);
    return { made: this.name, largest, above, results: this.found };
  }
}

/** Starts onnxruntime for Node and for Python; `python` is one with onnx, onnxruntime and safetensors. */
export async function startOnnx(python: string): Promise<Side[]> {
  const env = { ...process.env, PYTHONDONTWRITEBYTECODE: "1" };
  const started = await startJsonLines("onnxruntime", [python, fileOf("compareOnnx.py")], env);
  return [new Side("onnxruntime for Node", compareOnnx), asking(started)];
}

/** Starts TensorFlow.js on a backend. */
export async function startTfjs(backend: "cpu" | "wasm"): Promise<Side> {
  const command = [process.execPath, fileOf("tfjsProcess.ts"), backend] as const;
  return asking(await startJsonLines("TensorFlow.js", command, process.env));
}

function asking({ report, ask, end }: JsonLines & { report: string }): Side {
  return new Side(report, (folder) => ask({ folder }, differencesSchema), end);
}

function fileOf(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url));
}
