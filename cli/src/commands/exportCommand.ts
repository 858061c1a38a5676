import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { Command, Option } from "commander";
import { z } from "zod";
import type { Api } from "../api/client.js";
import { CliError, exitCodes } from "../api/error.js";
import { architectureFilesDocument } from "../api/files.js";
import { print } from "./output.js";

const formats = { pytorch: "PYTORCH", latex: "LATEX", svg: "SVG", json: "JSON" } as const;
const sizes = { small: "SMALL", base: "BASE", large: "LARGE" } as const;

const optionsSchema = z.object({
  format: z.enum(["pytorch", "latex", "svg", "json"]),
  size: z.enum(["small", "base", "large"]).optional(),
  out: z.string(),
});

const help = `
Examples:
  opnas export ARCHITECTURE --size base --out my-backbone
  opnas export ARCHITECTURE --format svg --out drawings

The files have no weights: a trained model is written by npm run export -- --model FOLDER.`;

/** Builds the command `export`, which writes an architecture for other programs. */
export function exportCommand(connect: (command: Command) => Api): Command {
  return new Command("export")
    .description("write an architecture for PyTorch, LaTeX or a browser, without weights")
    .argument("<architecture>", "the architecture's id")
    .addOption(
      new Option("--format <name>", "form of the files")
        .choices(Object.keys(formats))
        .default("pytorch"),
    )
    .addOption(
      new Option("--size <name>", "a published size; by default that of the search").choices(
        Object.keys(sizes),
      ),
    )
    .requiredOption("--out <folder>", "where the files are written")
    .addHelpText("after", help)
    .action(async function (this: Command, id: string) {
      const { format, size, out } = optionsSchema.parse(this.opts());
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

/** Writes a file below a folder, which is made where it is missing; returns its path. */
async function write(folder: string, name: string, content: string): Promise<string> {
  // The name comes from the server: it must not lead elsewhere.
  const file = path.join(folder, path.basename(name));
  try {
    await mkdir(folder, { recursive: true });
    await writeFile(file, content);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CliError(`The file cannot be written: ${reason}`, exitCodes.failed);
  }
  return file;
}
