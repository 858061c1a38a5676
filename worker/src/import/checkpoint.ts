import { existsSync } from "node:fs";
import path from "node:path";
import { OpnasError } from "@opnas/core";
import { TensorFile } from "../files/tensorFile.js";
import type { NamedTensor } from "../model/tensors.js";

/** The name of the weights' file, as transformers writes it. */
const weightsName = "model.safetensors";

/** Model names that transformers puts before the names of a backbone with a head. */
const prefixes = /^(bert|roberta|opnas)\./;

/**
 * The weights of a folder of another program. Tensors go by their names in the bare backbone, as of
 * today: without the model's name in front, and with the layer norms' `gamma` and `beta` of the first
 * BERT checkpoints as `weight` and `bias`.
 */
export class Checkpoint {
  private readonly names: ReadonlyMap<string, string>;
  private readonly used = new Set<string>();

  private constructor(
    private readonly path: string,
    private readonly file: TensorFile,
  ) {
    this.names = new Map(file.names.map((name) => [nameOfToday(name), name]));
  }

  /**
   * Opens the weights of a folder; the caller closes them.
   * @throws OpnasError BAD_INPUT with what to do where they have another form, CORRUPT_ARTIFACT
   */
  static async open(folder: string): Promise<Checkpoint> {
    const file = path.join(folder, weightsName);
    if (!existsSync(file)) throw new OpnasError("BAD_INPUT", missing(folder));
    return new Checkpoint(file, await TensorFile.open(file));
  }

  has(name: string): boolean {
    return this.names.has(name);
  }

  /**
   * Reads a tensor of a known shape; an axis of null may have any length.
   * @throws OpnasError BAD_INPUT if it is missing or of another shape, CORRUPT_ARTIFACT
   */
  async read(name: string, shape: readonly (number | null)[]): Promise<NamedTensor> {
    const stored = this.names.get(name);
    if (stored === undefined) throw this.bad(`it has no tensor "${name}"`);
    this.used.add(name);
    const tensor = await this.file.read(stored);
    const fits =
      tensor.shape.length === shape.length &&
      shape.every((length, axis) => length === null || length === tensor.shape[axis]);
    if (fits) return tensor;
    const wanted = shape.map((length) => length ?? "any").join(", ");
    throw this.bad(`its "${stored}" has the shape [${tensor.shape.join(", ")}], not [${wanted}]`);
  }

  /** Lists the tensors that were not read, by their names in the file. */
  left(): string[] {
    return [...this.names].flatMap(([name, stored]) => (this.used.has(name) ? [] : [stored]));
  }

  close(): Promise<void> {
    return this.file.close();
  }

  private bad(what: string): OpnasError {
    return new OpnasError("BAD_INPUT", `${this.path} cannot be imported: ${what}.`);
  }
}

function nameOfToday(name: string): string {
  return name
    .replace(prefixes, "")
    .replace(/LayerNorm\.gamma$/, "LayerNorm.weight")
    .replace(/LayerNorm\.beta$/, "LayerNorm.bias");
}

/** Says which file is missing, and how a folder of an older form becomes one that can be read. */
function missing(folder: string): string {
  const older = ["pytorch_model.bin", `${weightsName}.index.json`, "pytorch_model.bin.index.json"];
  const found = older.find((name) => existsSync(path.join(folder, name)));
  if (found === undefined) return `${folder} has no ${weightsName}.`;
  const save = `AutoModelForPreTraining.from_pretrained("${folder}").save_pretrained("converted", max_shard_size="100GB")`;
  return `${folder} has its weights in ${found}, which is not read: only one ${weightsName} is. Convert it in Python, with transformers: ${save}; then copy the vocabulary (vocab.txt or tokenizer.json) into that folder.`;
}
