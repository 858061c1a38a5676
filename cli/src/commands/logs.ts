import path from "node:path";
import { Command, Option } from "commander";
import type { Api } from "../api/client.js";
import { CliError, exitCodes } from "../api/error.js";
import { storedEventsDocument } from "../api/manage.js";
import { dataFolder } from "../api/token.js";
import { type Event, followEvents } from "../follow/followEvents.js";
import { LogFile, logFile, logNames } from "../logs/logFiles.js";
import { isWanted, levels, type ProcessLevel, readable } from "../logs/processLine.js";
import { lineOfEvent } from "../logs/sentence.js";
import { positiveNumber } from "./optionValues.js";
import { print } from "./output.js";

/** Events that are asked for at once, the most that the API gives. */
const pageSize = 100;

const runId = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

const help = `
A run's log is what workers reported about it, from whatever machine, and comes from the API. The logs of
processes are files of the machine that they run on (under npm start in the data folder).

Examples:
  opnas logs RUN --follow
  opnas logs worker --level warn
  opnas logs worker --about RUN --lines 1000`;

interface Options {
  lines: number;
  follow?: true;
  level?: ProcessLevel;
  about?: string;
  json?: true;
}

/**
 * Builds `opnas logs`.
 *
 * @param end receives the exit code of a command that was interrupted
 * @param interruption gives a signal that Ctrl-C aborts
 */
export function logsCommand(
  connect: (command: Command) => Api,
  end: (code: number) => void,
  interruption: () => AbortSignal,
): Command {
  return new Command("logs")
    .description("the log of a run, or of a process of this machine; without a name the processes")
    .argument("[what]", "the id of a run, or the name of a process's log, such as worker")
    .option("--lines <number>", "how many of the last lines at most", positiveNumber, 100)
    .option("--follow", "go on with new ones until Ctrl-C")
    .addOption(
      new Option("--level <level>", "lines of this level and worse ones").choices([...levels]),
    )
    .option("--about <id>", "of a process's log those about this run or pre-training")
    .option("--json", "as JSON Lines")
    .addHelpText("after", help)
    .action(async function (this: Command, what: string | undefined) {
      const options = this.opts<Options>();
      const folder = path.join(dataFolder(), "logs");
      if (what === undefined) {
        for (const name of await logNames(folder)) print(name);
        return;
      }
      if (runId.test(what)) {
        if (options.about !== undefined) {
          const message = "--about is for the log of a process, such as opnas logs worker.";
          throw new CliError(message, exitCodes.usage);
        }
        end(await runLog(connect(this), what, options, interruption));
        return;
      }
      end(await processLog(await logFile(folder, what), options, interruption));
    });
}

async function runLog(
  api: Api,
  id: string,
  { lines, follow, level, json }: Options,
  interruption: () => AbortSignal,
): Promise<number> {
  const isShown = (event: Event) =>
    level === undefined || levels.indexOf(lineOfEvent(event).level) <= levels.indexOf(level);
  const write = (event: Event) => {
    if (isShown(event)) print(json ? JSON.stringify(event) : runLine(event));
  };
  const read = async (first: number, after: number) =>
    (await api.request(storedEventsDocument, { id, first, after })).searchRun;
  // Numbers have no gaps, so the last ones are known by them; lines of a level may be anywhere.
  const end = (await read(1, 0))?.lastSeq ?? 0;
  let last = level === undefined ? Math.max(0, end - lines) : 0;
  let events: Event[] = [];
  while (last < end) {
    const page = (await read(pageSize, last))?.events ?? [];
    events = [...events, ...page.filter(isShown)].slice(-lines);
    last = page.at(-1)?.seq ?? end;
  }
  for (const event of events) write(event);
  return follow ? followEvents(api, id, last, write, interruption()) : exitCodes.done;
}

function runLine(event: Event): string {
  const { level, text } = lineOfEvent(event);
  return `${event.time}  ${level.padEnd(5)}  ${text}`;
}

async function processLog(
  file: string,
  { lines, follow, level, about, json }: Options,
  interruption: () => AbortSignal,
): Promise<number> {
  const write = (line: string) => print(json ? line : readable(line));
  const isShown = (line: string) => isWanted(line, { level, about });
  const log = await LogFile.open(file);
  try {
    for (const line of await log.lastLines(lines, isShown)) write(line);
    if (!follow) return exitCodes.done;
    for await (const line of log.follow(interruption())) if (isShown(line)) write(line);
    return exitCodes.interrupted;
  } finally {
    await log.close();
  }
}
