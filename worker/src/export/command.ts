import { readFile } from "node:fs/promises";
import {
  type Architecture,
  atDepth,
  checkArchitecture,
  modelSizeSchema,
  OpnasError,
  publishedSizes,
  referenceBackbones,
} from "@opnas/core";
import { buildBackbone } from "../model/backbone.js";
import { readModel } from "../model/modelFile.js";
import { initialWeights, pairParameters } from "../model/parameters.js";
import { writeOnnxFolder } from "./onnxFolder.js";
import { type Options, parseOptions } from "./options.js";
import { writePytorchFolder, type WrittenModel } from "./pytorchFolder.js";

/** The functions that write a model as a folder and return the names of its files, by form. */
export const modelWriters = { pytorch: writePytorchFolder, onnx: writeOnnxFolder };

/**
 * Writes the model that the arguments name as a folder for other programs.
 * @returns the names of the files
 * @throws OpnasError BAD_SETTING for arguments, BAD_INPUT, BAD_ARCHITECTURE or CORRUPT_ARTIFACT for
 *   what they name, DISK_FULL, DATA_FOLDER_UNWRITABLE
 */
export async function exportModel(argv: readonly string[]): Promise<string[]> {
  const options = parseOptions(argv);
  const model = options.model === undefined ? await made(options) : await readModel(options.model);
  return modelWriters[options.format](options.out, model);
}

/** Makes a model with random weights of a published size, with the heads of pre-training. */
async function made(options: Options): Promise<WrittenModel> {
  const { vocabulary, length, seed } = options;
  const rawKernels = true;
  const sized = { ...publishedSizes[options.size], vocabulary, length, rawKernels };
  const parsed = modelSizeSchema.safeParse(sized);
  if (!parsed.success) {
    throw new OpnasError(
      "BAD_SETTING",
      parsed.error.issues[0]?.message ?? "The size is not valid.",
    );
  }
  const size = parsed.data;
  const architecture = await named(options.architecture ?? "", size.layers);
  const { parameters } = buildBackbone(size, architecture, "once");
  const weights = initialWeights([...parameters, ...pairParameters(size)], seed);
  return { architecture, size, weights, vocabulary: null };
}

/** Returns a published backbone by its name, or the architecture in a JSON file, at a depth. */
async function named(name: string, layers: number): Promise<Architecture> {
  const known = referenceBackbones(layers).find(({ reference }) => reference === name);
  if (known !== undefined) return known.architecture;
  return atDepth(checkArchitecture(await readJson(name)), null, layers);
}

async function readJson(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, "utf8"));
  } catch (cause) {
    const sentence = `${file} is neither a file with an architecture in JSON nor the name of a published one.`;
    throw new OpnasError("BAD_INPUT", sentence, { cause });
  }
}
