import { readFile } from "node:fs/promises";
import path from "node:path";
import {
  checkArchitecture,
  OpnasError,
  trainedSizeSchema,
  type Architecture,
  type ModelSize,
} from "@opnas/core";
import { z } from "zod";
import { specialTokens } from "../text/vocabulary.js";
import { buildBackbone } from "./backbone.js";
import {
  classifierParameters,
  type Parameter,
  spanParameters,
  withoutMaskedHead,
} from "./parameters.js";
import { tensorNamed, type Tensors } from "./tensors.js";
import { writeTensors } from "../files/safetensors.js";
import { readTensors, TensorFile } from "../files/tensorFile.js";
import { writeAtomically } from "../files/writeAtomically.js";

/**
 * A trained model with everything that it takes to use it. On disk it is a folder of two files:
 * `model.json` (`modelFileSchema`) and `weights.safetensors`, with every parameter of the backbone
 * and its masked-LM head by its name (model/parameters.ts). Other tensors, such as a pre-training
 * head's, may be in the file; readers ignore the ones they do not know.
 */
export interface Model {
  architecture: Architecture;
  size: ModelSize;
  /** Word pieces by id: the special tokens, then `size.vocabulary` − 5 others. */
  vocabulary: readonly string[];
  weights: Tensors;
  /** The tokenizer that the pieces of an imported model are of; left out for the platform's own. */
  pieces?: ImportedPieces | undefined;
  /** The pairs that a byte-level tokenizer merges, in order (`byteLevelJson`); no other has any. */
  merges?: readonly string[] | undefined;
  /**
   * The task that it was fine-tuned to, whose head is among the weights. Such a model has no masked-word
   * head: the backbone has moved on from it.
   */
  task?: FineTunedTask | undefined;
}

const taskSchema = z.strictObject({
  name: z.string().min(1),
  labels: z.array(z.string().min(1)).min(2).nullable(),
});
/** A task of a fine-tuned model: its name, and its classes in order; null for numbers or spans. */
export type FineTunedTask = z.infer<typeof taskSchema>;

const importedPieces = ["bert-uncased", "bert-cased", "byte-level", "foreign"] as const;

/**
 * The tokenizers of imported models: BERT's without or with capitals, RoBERTa's, or "foreign" for
 * another one, by whose pieces the platform cannot encode text.
 */
export type ImportedPieces = (typeof importedPieces)[number];

const [weightsName, modelName] = ["weights.safetensors", "model.json"];

/** Names of a model's files in the order in which they are written. */
export const modelFiles: readonly string[] = [weightsName, modelName];

const modelFileSchema = z.strictObject({
  version: z.literal(1),
  architecture: z.unknown(),
  size: trainedSizeSchema,
  vocabulary: z.array(z.string().min(1)),
  pieces: z.enum(importedPieces).optional(),
  merges: z.array(z.string().min(3)).optional(),
  task: taskSchema.optional(),
});

/**
 * Writes a model's two files into `folder`, which is created if it is missing. `model.json` is
 * written last and atomically, so a folder that has one is complete.
 * @returns the checksum of the file of weights
 * @throws OpnasError DISK_FULL, DATA_FOLDER_UNWRITABLE
 */
export async function writeModel(folder: string, model: Model): Promise<string> {
  const { architecture, size, vocabulary, weights, pieces, merges, task } = model;
  const checksum = await writeTensors(weightsFile(folder), weights);
  const file = { version: 1, architecture, size, vocabulary, pieces, merges, task };
  await writeAtomically(modelFile(folder), [`${JSON.stringify(file)}\n`]);
  return checksum;
}

/**
 * Reads a folder that `writeModel` wrote and checks that its parts fit one another.
 * @throws OpnasError BAD_INPUT if a file is missing or model.json is not of the form,
 *   BAD_ARCHITECTURE, CORRUPT_ARTIFACT if the weights are not this model's
 */
export async function readModel(folder: string): Promise<Model> {
  const parsed = modelFileSchema.safeParse(await readJson(modelFile(folder)));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const place = issue?.path.join(".") ?? "";
    throw badModel(folder, `${place === "" ? "it" : place}: ${issue?.message ?? "not valid"}`);
  }
  const { size, vocabulary, pieces, merges, task } = parsed.data;
  const architecture = checkArchitecture(parsed.data.architecture);
  if (architecture.layers.length !== size.layers) {
    throw badModel(folder, "size.layers is not the number of the architecture's layers");
  }
  checkVocabulary(folder, vocabulary, size);
  const weights = await present(weightsFile(folder), readTensors(weightsFile(folder)));
  const { parameters } = buildBackbone(size, architecture, "once");
  const own = task && [...withoutMaskedHead(parameters), ...headOf(task, size, weights)];
  checkWeights(weights, own ?? parameters);
  const imported = { ...(pieces && { pieces }), ...(merges && { merges }) };
  return { architecture, size, vocabulary, weights, ...imported, ...(task && { task }) };
}

/**
 * Reads the checksum of a model's file of weights, as `writeModel` returns it.
 * @throws OpnasError BAD_INPUT, CORRUPT_ARTIFACT
 */
export async function checksumOfModel(folder: string): Promise<string> {
  const weights = await present(weightsFile(folder), TensorFile.open(weightsFile(folder)));
  await weights.close();
  return weights.checksum;
}

const modelFile = (folder: string) => path.join(folder, modelName);
const weightsFile = (folder: string) => path.join(folder, weightsName);

async function readJson(file: string): Promise<unknown> {
  const text = await present(file, readFile(file, "utf8"));
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new OpnasError("BAD_INPUT", `${file} is not JSON.`, { cause });
  }
}

function checkVocabulary(folder: string, vocabulary: readonly string[], size: ModelSize): void {
  if (vocabulary.length !== size.vocabulary) {
    const counts = `${vocabulary.length} entries, size.vocabulary is ${size.vocabulary}`;
    throw badModel(folder, `vocabulary has ${counts}`);
  }
  if (new Set(vocabulary).size !== vocabulary.length) {
    throw badModel(folder, "vocabulary has an entry twice");
  }
  if (specialTokens.some((token, id) => vocabulary[id] !== token)) {
    throw badModel(folder, `vocabulary must begin with ${specialTokens.join(" ")}`);
  }
}

/** Returns the parameters of a fine-tuned model's head. */
function headOf({ labels }: FineTunedTask, size: ModelSize, weights: Tensors): Parameter[] {
  if (weights.has("span.weight")) return spanParameters(size);
  return classifierParameters(size, labels?.length ?? 1);
}

/** Throws CORRUPT_ARTIFACT unless every parameter is there in its shape. */
function checkWeights(weights: Tensors, parameters: readonly Parameter[]): void {
  for (const { name, shape } of parameters) {
    const found = tensorNamed(weights, name).shape;
    if (found.join() === shape.join()) continue;
    throw new OpnasError(
      "CORRUPT_ARTIFACT",
      `The model's "${name}" has the shape [${found.join(", ")}], not [${shape.join(", ")}].`,
    );
  }
}

function badModel(folder: string, what: string): OpnasError {
  return new OpnasError("BAD_INPUT", `${modelFile(folder)} cannot be used: ${what}.`);
}

/** Awaits the reading of a file; throws BAD_INPUT if there is no such file. */
async function present<T>(file: string, reading: Promise<T>): Promise<T> {
  try {
    return await reading;
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) throw error;
    const sentence = `There is no file ${file}; a model's folder has model.json and weights.safetensors.`;
    throw new OpnasError("BAD_INPUT", sentence, { cause: error });
  }
}
