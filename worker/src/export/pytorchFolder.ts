import path from "node:path";
import { makeFolder } from "@opnas/artifacts";
import type { Architecture, ModelSize } from "@opnas/core";
import {
  configJson,
  modelingFile,
  modelingFileName,
  type ModelClass,
  pytorchTensors,
} from "@opnas/export";
import { writeTensors } from "../files/safetensors.js";
import { writeAtomically } from "../files/writeAtomically.js";
import type { FineTunedTask, ImportedPieces } from "../model/modelFile.js";
import type { Tensors } from "../model/tensors.js";
import { fastTokenizer, tokenizerConfig } from "./tokenizerFiles.js";

/** A model to be written for other programs. */
export interface WrittenModel {
  /** A legal architecture (`checkArchitecture`). */
  architecture: Architecture;
  size: ModelSize;
  /** Parameters by their names (model/parameters.ts): the backbone's, and those of any heads. */
  weights: Tensors;
  /** Word pieces by id; null for an architecture that has no text yet, which gets no tokenizer. */
  vocabulary: readonly string[] | null;
  /** The tokenizer that the pieces of an imported model are of; left out for the platform's own. */
  pieces?: ImportedPieces | undefined;
  /** The pairs that a byte-level tokenizer merges; no other has any. */
  merges?: readonly string[] | undefined;
  /** The task that it was fine-tuned to. */
  task?: FineTunedTask | undefined;
}

/**
 * Writes a model as a folder that transformers loads with `trust_remote_code=True`: the classes in
 * one Python file, config.json, the tokenizer, and the weights, which come last.
 * @returns the names of the files
 * @throws OpnasError DISK_FULL, DATA_FOLDER_UNWRITABLE
 */
export async function writePytorchFolder(folder: string, model: WrittenModel): Promise<string[]> {
  const { architecture, size, weights, vocabulary, pieces, merges } = model;
  await makeFolder(folder);
  const json = (value: object) => `${JSON.stringify(value, null, 2)}\n`;
  const texts = new Map([
    [modelingFileName, modelingFile(architecture, size)],
    ["config.json", json(configJson(architecture, size, modelClassOf(weights), model.task))],
  ]);
  if (vocabulary !== null) {
    texts.set("tokenizer.json", json(fastTokenizer({ vocabulary, pieces, merges })));
    texts.set("tokenizer_config.json", json(tokenizerConfig(size.length)));
  }
  for (const [name, text] of texts) await writeAtomically(path.join(folder, name), [text]);
  const tensors = pytorchTensors(architecture, weights);
  await writeTensors(path.join(folder, weightsName), tensors, { format: "pt" });
  return [...texts.keys(), weightsName];
}

/** The name of the weights' file, as transformers looks for it. */
const weightsName = "model.safetensors";

/** Names the class whose heads are all among the weights. */
export function modelClassOf(weights: Tensors): ModelClass {
  if (weights.has("nextSentence.weight")) return "OpnasForPreTraining";
  if (weights.has("mlm.decoder.bias")) return "OpnasForMaskedLM";
  if (weights.has("classifier.weight")) return "OpnasForSequenceClassification";
  return weights.has("span.weight") ? "OpnasForQuestionAnswering" : "OpnasModel";
}
