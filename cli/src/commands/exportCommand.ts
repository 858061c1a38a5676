import { writeFile } from "node:fs/promises";
import path from "node:path";
import { Command, Option } from "commander";
import { z } from "zod";
import type { Api } from "../api/client.js";
import { CliError, exitCodes } from "../api/error.js";
import { architectureFilesDocument } from "../api/files.js";
import type { ExportOptions } from "../export/runExport.js";
import type { ModelFormat } from "../generated/graphql.js";
import { makeFolder } from "../makeFolder.js";
import { print } from "./output.js";

/** The forms without weights. */
const formats = {
  pytorch: "PYTORCH",
  latex: "LATEX",
  svg: "SVG",
  json: "JSON",
  card: "CARD",
} as const;
/** The forms with weights. */
const modelFormats = { pytorch: "PYTORCH", onnx: "ONNX", tfjs: "TFJS" } as const;
const names = Object.keys({ ...formats, ...modelFormats });
const sizes = { small: "SMALL", base: "BASE", large: "LARGE" } as const;

const optionsSchema = z.object({
  format: z.enum(["pytorch", "latex", "svg", "json", "card", "onnx", "tfjs"]),
  weights: z.boolean().default(false),
  size: z.enum(["small", "base", "large"]).optional(),
  out: z.string(),
});

const help = `
Examples:
  opnas export ARCHITECTURE --size base --out my-backbone
  opnas export ARCHITECTURE --format svg --out drawings
  opnas export TRAINING --weights --out my-model
  opnas export TRAINING --weights --format onnx --out my-model.tar

With --weights a worker writes the model, and the command downloads it; repeated, it goes on from where
it broke off. Of an architecture that was not pre-trained it is its share of the search's super-net.`;

/**
 * Builds the command `export`, which writes an architecture or a model for other programs.
 * @param act has a model written with its weights
 */
export function exportCommand(
  connect: (command: Command) => Api,
  act: (command: Command, options: ExportOptions) => Promise<void>,
): Command {
  return new Command("export")
    .description(
      "write an architecture for PyTorch, LaTeX or a browser, or a model with its weights",
    )
    .argument("<id>", "the id of an architecture or, with --weights, a pre-training")
    .addOption(new Option("--format <name>", "form of the files").choices(names).default("pytorch"))
    .addOption(
      new Option("--size <name>", "a published size; by default that of the search").choices(
        Object.keys(sizes),
      ),
    )
    .option("--weights", "with weights, for pytorch, onnx or tfjs")
    .requiredOption(
      "--out <folder>",
      "where the files are written; with --weights also a .tar file",
    )
    .addHelpText("after", help)
    .action(async function (this: Command, id: string) {
      const { format, size, out, weights } = optionsSchema.parse(this.opts());
      if (weights) {
        await act(this, { id, format: modelFormat(format, size), out });
        return;
      }
      if (format === "onnx" || format === "tfjs") {
        const message = `A model for ${format} holds weights: add --weights.`;
        throw new CliError(message, exitCodes.usage);
      }
      const { architecture } = await connect(this).request(architectureFilesDocument, {
        id,
        format: formats[format],
        size: size === undefined ? null : sizes[size],
      });
      for (const { name, content } of architecture?.files ?? []) {
        print(await write(out, name, content));
      }
    });
}

/** Returns the form of a model. @throws CliError when it has no weights, or for a size */
function modelFormat(format: string, size: string | undefined): ModelFormat {
  if (size !== undefined) {
    const message = "A model has the size that it was trained at: leave out --size or --weights.";
    throw new CliError(message, exitCodes.usage);
  }
  const found = Object.entries(modelFormats).find(([name]) => name === format);
  if (found !== undefined) return found[1];
  const message = `The form ${format} has no weights; these have: ${Object.keys(modelFormats).join(", ")}.`;
  throw new CliError(message, exitCodes.usage);
}

/** Writes a file below a folder, which is made where it is missing; returns its path. */
async function write(folder: string, name: string, content: string): Promise<string> {
  // The name comes from the server: it must not lead elsewhere.
  const file = path.join(folder, path.basename(name));
  try {
    makeFolder(folder);
    await writeFile(file, content);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CliError(`The file cannot be written: ${reason}`, exitCodes.failed);
  }
  return file;
}
