import { mkdir } from "node:fs/promises";
import path from "node:path";
import { onnxFiles } from "@opnas/export";
import { writeAtomically } from "../files/writeAtomically.js";
import { modelClassOf, type WrittenModel } from "./pytorchFolder.js";
import { fastTokenizer } from "./tokenizerFiles.js";

/**
 * Writes a model as a folder with model.onnx and the tokenizer.
 * @returns the names of the files
 * @throws OpnasError DISK_FULL, DATA_FOLDER_UNWRITABLE
 */
export async function writeOnnxFolder(folder: string, model: WrittenModel): Promise<string[]> {
  const { architecture, size, weights, vocabulary, pieces } = model;
  await mkdir(folder, { recursive: true });
  const files = onnxFiles({
    architecture,
    size,
    tensors: weights,
    modelClass: modelClassOf(weights),
  });
  for (const { name, pieces } of files) await writeAtomically(path.join(folder, name), pieces);
  const names = files.map(({ name }) => name);
  if (vocabulary === null) return names;
  const tokenizer = `${JSON.stringify(fastTokenizer(vocabulary, pieces), null, 2)}\n`;
  await writeAtomically(path.join(folder, "tokenizer.json"), [tokenizer]);
  return [...names, "tokenizer.json"];
}
