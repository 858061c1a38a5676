import path from "node:path";
import { makeFolder } from "@opnas/artifacts";
import { type ExportedFile, type ExportedModel, onnxFiles, tfjsFiles } from "@opnas/export";
import { writeAtomically } from "../files/writeAtomically.js";
import { modelClassOf, type WrittenModel } from "./pytorchFolder.js";
import { fastTokenizer, tokenizerConfig } from "./tokenizerFiles.js";

/**
 * Writes a model as a folder with model.onnx and the tokenizer.
 * @returns the names of the files
 * @throws OpnasError DISK_FULL, DATA_FOLDER_UNWRITABLE
 */
export function writeOnnxFolder(folder: string, model: WrittenModel): Promise<string[]> {
  return writeGraphFolder(folder, model, onnxFiles);
}

/**
 * Writes a model as a folder for TensorFlow.js: model.json, which comes last, the files of weights
 * that it names, a page on its use and the tokenizer.
 * @returns the names of the files
 * @throws OpnasError DISK_FULL, DATA_FOLDER_UNWRITABLE
 */
export function writeTfjsFolder(folder: string, model: WrittenModel): Promise<string[]> {
  return writeGraphFolder(folder, model, tfjsFiles);
}

async function writeGraphFolder(
  folder: string,
  { architecture, size, weights, vocabulary, pieces, merges }: WrittenModel,
  filesOf: (model: ExportedModel) => ExportedFile[],
): Promise<string[]> {
  await makeFolder(folder);
  const modelClass = modelClassOf(weights);
  const files = filesOf({ architecture, size, tensors: weights, modelClass });
  const tokenizer =
    vocabulary === null
      ? []
      : [
          { name: "tokenizer.json", json: fastTokenizer({ vocabulary, pieces, merges }) },
          { name: "tokenizer_config.json", json: tokenizerConfig(size.length) },
        ];
  for (const { name, json } of tokenizer) {
    await writeAtomically(path.join(folder, name), [`${JSON.stringify(json, null, 2)}\n`]);
  }
  for (const file of files) await writeAtomically(path.join(folder, file.name), file.pieces);
  return [...tokenizer, ...files].map(({ name }) => name);
}
