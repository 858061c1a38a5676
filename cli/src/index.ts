import { Command, CommanderError } from "commander";
import { Api } from "./api/client.js";
import { CliError, exitCodes } from "./api/error.js";
import { pretrainCommand } from "./commands/pretrainCommand.js";
import { pretrainingCommands } from "./commands/pretrainings.js";
import { runCommands } from "./commands/runs.js";
import { onReaderGone } from "./commands/readerGone.js";
import { searchCommand, type SearchRequest } from "./commands/searchCommand.js";
import { runPretraining } from "./pretraining/runPretraining.js";
import { runSearch } from "./search/runSearch.js";

export { Api } from "./api/client.js";
export { CliError, exitCodes } from "./api/error.js";
export { runSearch } from "./search/runSearch.js";
export type { SearchRequest } from "./commands/searchCommand.js";

/** Runs `opnas` with the arguments of process.argv and returns its exit code. */
export async function main(argv: readonly string[]): Promise<number> {
  // A reader such as `head` that has enough is no error; whoever reads no more needs no more work.
  onReaderGone(() => process.exit(exitCodes.done));
  let code: number = exitCodes.done;
  const program = new Command("opnas").description("Neural architecture search, from a shell.");
  withApiOption(program);
  const connect = (command: Command) =>
    new Api(apiAddress(command.optsWithGlobals<{ api?: string }>().api));
  for (const command of [...runCommands(connect), ...pretrainingCommands(connect)]) {
    program.addCommand(command);
  }
  program.addCommand(
    searchCommand("opnas search", async ({ api, options }) => {
      code = await runSearch(new Api(apiAddress(api)), options, interruption());
    }),
  );
  program.addCommand(
    pretrainCommand(async (command, options) => {
      code = await runPretraining(connect(command), options, interruption());
    }),
  );
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
  const code = await parse(withApiOption(command), argv);
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

function withApiOption(command: Command): Command {
  return command.option("--api <address>", "the GraphQL API, e.g. http://localhost:4000/graphql");
}

/** Returns the address given, else that of the platform on this machine. */
function apiAddress(given: string | undefined): string {
  const address = given ?? `http://127.0.0.1:${process.env.OPNAS_API_PORT || "4000"}/graphql`;
  if (URL.canParse(address) && /^https?:/.test(address)) return address;
  throw new CliError(
    `--api ${address}: give an address like http://localhost:4000/graphql`,
    exitCodes.usage,
  );
}

/** Returns the exit code when the command ended early; its message is then on standard error. */
async function parse(program: Command, argv: readonly string[]): Promise<number | undefined> {
  const commands = [program, ...program.commands];
  for (const command of commands)
    command.exitOverride().showHelpAfterError("(--help shows the options)");
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
