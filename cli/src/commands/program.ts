import { Command } from "commander";
import type { Api } from "../api/client.js";
import { connectTo, withConnectionOptions, type ConnectionOptions } from "../connection/connect.js";
import { runExport } from "../export/runExport.js";
import { runPretraining } from "../pretraining/runPretraining.js";
import { runReproduction } from "../reproduction/runReproduction.js";
import { runSearch } from "../search/runSearch.js";
import { accountCommands } from "./accounts.js";
import { architectureCommands } from "./architecture.js";
import { auditCommand } from "./audit.js";
import { completionCommand } from "./completion.js";
import { doctorCommand } from "./doctor.js";
import { exportCommand } from "./exportCommand.js";
import { importCommand } from "./importCommand.js";
import { keyCommands } from "./keys.js";
import { leaderboardCommand } from "./leaderboard.js";
import { logsCommand } from "./logs.js";
import { manageCommands } from "./manage.js";
import { modelCommand } from "./models.js";
import { pretrainCommand } from "./pretrainCommand.js";
import { pretrainingCommands } from "./pretrainings.js";
import { profileCommand } from "./profile.js";
import { reproduceCommand } from "./reproduceCommand.js";
import { runCommands } from "./runs.js";
import { searchCommand } from "./searchCommand.js";
import { teamCommands } from "./teams.js";
import { viewCommand } from "./views.js";
import { watchingCommands } from "./watching.js";

const help = `
Examples:
  opnas search --preset tiny --seed 7 --out run.json
  opnas search list --tag paper
  opnas leaderboard --csv > leaderboard.csv
  opnas logs RUN --follow
  opnas doctor

Exit codes: 0 done, 1 failed or cancelled, 2 wrong usage or an unknown id, 130 interrupted.
A server is named by --api, --profile or opnas profile use; an API key by OPNAS_TOKEN.
Colours are left out when NO_COLOR is set and where the output is no terminal.`;

/**
 * Builds the program `opnas` with all its commands.
 *
 * @param end receives the exit code of a command that ends with another than 0
 * @param interruption gives a signal that Ctrl-C aborts; called by commands that wait
 */
export function buildProgram(
  end: (code: number) => void,
  interruption: () => AbortSignal,
): Command {
  const program = new Command("opnas")
    .description("Neural architecture search, from a shell.")
    .addHelpText("after", help);
  withConnectionOptions(program);
  const connect = (command: Command) => connectTo(command.optsWithGlobals<ConnectionOptions>());
  const { workers, events, watch } = watchingCommands(connect, end, interruption);
  program.addCommand(searchGroup(connect, end, interruption));
  const commands = [
    ...runCommands(connect),
    ...manageCommands(connect),
    watch,
    events,
    logsCommand(connect, end, interruption),
    leaderboardCommand(connect),
    viewCommand(connect),
    ...architectureCommands(connect),
    importCommand(connect),
    modelCommand(connect),
    workers,
    ...pretrainingCommands(connect),
    pretrainCommand(async (command, options) => {
      end(await runPretraining(connect(command), options, interruption()));
    }),
    exportCommand(connect, async (command, options) => {
      end(await runExport(connect(command), options, interruption()));
    }),
    reproduceCommand(async (command, options) => {
      end(await runReproduction(connect(command), options, interruption()));
    }),
    ...accountCommands(connect),
    ...teamCommands(connect),
    ...keyCommands(connect),
    auditCommand(connect),
    profileCommand(),
    doctorCommand(connect, end),
    completionCommand(program),
  ];
  for (const command of commands) program.addCommand(command);
  return program;
}

/** Builds `opnas search`, which starts a search; its subcommands do what those of `opnas` do. */
function searchGroup(
  connect: (command: Command) => Api,
  end: (code: number) => void,
  interruption: () => AbortSignal,
): Command {
  const start = searchCommand("opnas search", async ({ options }) => {
    end(await runSearch(connect(start), options, interruption()));
  }).name("start");
  const group = new Command("search").description(
    "searches: start one (also without the word start), or list, show, watch and change them",
  );
  group.addCommand(start, { isDefault: true });
  const { watch } = watchingCommands(connect, end, interruption);
  for (const command of [...runCommands(connect), watch, ...manageCommands(connect)]) {
    group.addCommand(command.name() === "runs" ? command.name("list") : command);
  }
  return group.addHelpText("after", "\nopnas search start --help shows the options of a search.");
}
