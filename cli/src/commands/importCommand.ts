import { readFile } from "node:fs/promises";
import { Command } from "commander";
import type { Api } from "../api/client.js";
import { CliError, exitCodes } from "../api/error.js";
import { importArchitectureDocument } from "../api/imports.js";
import { decimals, print } from "./output.js";

const help = `
Example:
  opnas import RUN architecture.json --name "mine"

The run has to be searching, and the architecture of its depth. It is scored beside the candidates: it
is neither part of the budget nor seen by the strategy. One that is not legal is refused with its layer
and node. A trained model is imported by npm run import.`;

/** Builds the command `import`, which has an architecture of one's own scored beside a run. */
export function importCommand(connect: (command: Command) => Api): Command {
  return new Command("import")
    .description("have an architecture of your own scored beside a run's candidates")
    .argument("<run>", "the run's id")
    .argument("<file>", "the architecture in JSON")
    .option("--name <text>", "a name for it; by default one is made from its key")
    .addHelpText("after", help)
    .action(async function (this: Command, runId: string, file: string) {
      const { name = null } = this.opts<{ name?: string }>();
      const variables = { runId, json: await readJson(file), name };
      const { importArchitecture } = await connect(this).request(
        importArchitectureDocument,
        variables,
      );
      const { id, score } = importArchitecture;
      const state = score === null ? "not scored yet" : `score ${decimals(score)}`;
      print(`${id}: ${importArchitecture.name}, ${state}`);
    });
}

async function readJson(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, "utf8"));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CliError(`${file} cannot be read as JSON: ${reason}`, exitCodes.usage);
  }
}
