import { existsSync, statSync } from "node:fs";
import path from "node:path";
import { architectureKey, architectureName, checkArchitecture, OpnasError } from "@opnas/core";
import { z } from "zod";
import { writeModel } from "../model/modelFile.js";
import { importBert } from "./bert.js";
import { bertConfigSchema } from "./bertConfig.js";
import { Checkpoint } from "./checkpoint.js";
import type { ImportedModel } from "./importedModel.js";
import { badFile, readJson } from "./json.js";
import { importOpnas, opnasConfigSchema } from "./opnas.js";
import { parseOptions } from "./options.js";

/** Most tensors without a place that are named. */
const mostNamed = 4;

/**
 * Imports a model of another program as a model's folder, or checks an architecture in JSON.
 * @returns the lines that say what came out
 * @throws OpnasError BAD_SETTING for arguments; BAD_INPUT, BAD_ARCHITECTURE or CORRUPT_ARTIFACT for
 *   what they name; DISK_FULL, DATA_FOLDER_UNWRITABLE
 */
export async function importModel(argv: readonly string[]): Promise<string[]> {
  const { source, out } = parseOptions(argv);
  if (!existsSync(source)) {
    throw new OpnasError("BAD_INPUT", `There is no folder or file ${source}.`);
  }
  if (!statSync(source).isDirectory()) return checkedArchitecture(source);
  if (out === undefined) throw new OpnasError("BAD_SETTING", "--out: name a folder for the model");
  const imported = await readFolder(source);
  await writeModel(out, imported.model);
  return [...described(imported), out];
}

/** Reads a folder of another program as its config.json says. */
async function readFolder(folder: string): Promise<ImportedModel> {
  const file = path.join(folder, "config.json");
  const kind = await readJson(file, z.looseObject({ model_type: z.string() }));
  if (kind === undefined) throw new OpnasError("BAD_INPUT", `There is no file ${file}.`);
  const read = readers.get(kind.model_type);
  if (read === undefined) {
    const known = [...readers.keys()].join(", ");
    throw badFile(file, `model_type ${kind.model_type} is none of ${known}`);
  }
  const checkpoint = await Checkpoint.open(folder);
  try {
    return await read(folder, file, checkpoint);
  } finally {
    await checkpoint.close();
  }
}

type Reader = (folder: string, file: string, checkpoint: Checkpoint) => Promise<ImportedModel>;

/** Makes the reader of folders whose config.json has a form. */
function reader<T>(
  form: z.ZodType<T>,
  read: (folder: string, config: T, checkpoint: Checkpoint) => Promise<ImportedModel>,
): Reader {
  return async (folder, file, checkpoint) => {
    const config = await readJson(file, form);
    if (config === undefined) throw new OpnasError("BAD_INPUT", `There is no file ${file}.`);
    return read(folder, config, checkpoint);
  };
}

const bert = reader(bertConfigSchema, importBert);
const readers: ReadonlyMap<string, Reader> = new Map([
  ["bert", bert],
  ["roberta", bert],
  ["opnas", reader(opnasConfigSchema, importOpnas)],
]);

function described({ model, leftOut, hasMaskedHead }: ImportedModel): string[] {
  const { layers, hidden, heads, vocabulary, length } = model.size;
  const sizes = `${layers} layers, hidden ${hidden}, heads ${heads}, length ${length}`;
  const lines = [`${sizes}, vocabulary ${vocabulary}`];
  if (!hasMaskedHead) {
    lines.push("without a masked-word head that maps: an untrained one stands in its place");
  }
  if (model.pieces === "foreign") {
    lines.push(
      "pieces of another tokenizer than BERT's or RoBERTa's: text cannot be encoded, so npm run benchmark refuses it",
    );
  }
  if (leftOut.length > 0) {
    const named = leftOut.slice(0, mostNamed).join(", ");
    const more = leftOut.length > mostNamed ? `, and ${leftOut.length - mostNamed} more` : "";
    lines.push(`left out, since nothing here is like them: ${named}${more}`);
  }
  return lines;
}

async function checkedArchitecture(file: string): Promise<string[]> {
  const architecture = checkArchitecture(await readJson(file, z.unknown()));
  const name = architectureName(architectureKey(architecture));
  return [`${name}: a legal architecture of ${architecture.layers.length} layers`];
}
