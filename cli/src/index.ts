import { type Command, CommanderError } from "commander";
import { CliError, exitCodes } from "./api/error.js";
import { buildProgram } from "./commands/program.js";
import { onReaderGone } from "./commands/readerGone.js";
import { searchCommand, type SearchRequest } from "./commands/searchCommand.js";
import { withConnectionOptions } from "./connection/connect.js";

export { Api } from "./api/client.js";
export { CliError, exitCodes } from "./api/error.js";
export { runSearch } from "./search/runSearch.js";
export type { SearchRequest } from "./commands/searchCommand.js";

/** Runs `opnas` with the arguments of process.argv and returns its exit code. */
export async function main(argv: readonly string[]): Promise<number> {
  // A reader such as `head` that has enough is no error; whoever reads no more needs no more work.
  onReaderGone(() => process.exit(exitCodes.done));
  let code: number = exitCodes.done;
  const program = buildProgram((given) => (code = given), interruption);
  return (await parse(program, argv)) ?? code;
}

/**
 * Parses the arguments of `npm run search` (process.argv) without starting anything.
 *
 * @returns the search that is asked for; or the exit code when that was help or wrong usage, already
 *   explained on the terminal
 */
export async function parseSearch(argv: readonly string[]): Promise<SearchRequest | number> {
  let request: SearchRequest | undefined;
  const command = searchCommand("npm run search --", async (given) => {
    request = given;
    await Promise.resolve();
  }).name("npm run search --");
  const code = await parse(withConnectionOptions(command), argv);
  return code ?? request ?? exitCodes.usage;
}

/** Returns a signal that the first Ctrl-C or SIGTERM aborts; the second ends the process at once. */
function interruption(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => controller.abort(new Error("interrupted")));
  }
  return controller.signal;
}

/** Returns the exit code when the command ended early; its message is then on standard error. */
async function parse(program: Command, argv: readonly string[]): Promise<number | undefined> {
  for (const command of withSubcommands(program)) {
    command.exitOverride().showHelpAfterError("(--help shows the options)");
  }
  try {
    await program.parseAsync(argv);
    return undefined;
  } catch (error) {
    if (error instanceof CommanderError)
      return error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
    if (!(error instanceof CliError)) throw error;
    process.stderr.write(`✗ ${error.message}\n`);
    return error.exitCode;
  }
}

/** Lists a command with all commands below it. */
function withSubcommands(command: Command): Command[] {
  return [command, ...command.commands.flatMap(withSubcommands)];
}
