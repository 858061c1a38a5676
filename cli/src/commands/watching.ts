import { Command } from "commander";
import type { Api } from "../api/client.js";
import { exitCodes } from "../api/error.js";
import { storedEventsDocument, workersDocument } from "../api/manage.js";
import { follow } from "../follow/follow.js";
import { type Event, followEvents } from "../follow/followEvents.js";
import { showProgress } from "../follow/progress.js";
import { followedRun, runLine } from "../search/runState.js";
import { pageSize, wholeNumber } from "./optionValues.js";
import { print, printJson, printTable, say } from "./output.js";

/**
 * Builds the commands that show what goes on: workers, a run's events, and a run's progress.
 *
 * @param end receives the exit code of a command that was interrupted or whose run failed
 * @param interruption gives a signal that Ctrl-C aborts
 */
export function watchingCommands(
  connect: (command: Command) => Api,
  end: (code: number) => void,
  interruption: () => AbortSignal,
): { workers: Command; events: Command; watch: Command } {
  const workers = new Command("workers")
    .description("the workers that are alive or were in the last hour")
    .option("--json", "as JSON")
    .action(async function (this: Command) {
      const { workers } = await connect(this).request(workersDocument, {});
      if (this.opts<{ json?: true }>().json === true) {
        printJson(workers);
        return;
      }
      const rows = workers.map((worker) => [
        worker.id,
        worker.name,
        worker.engine,
        worker.status,
        String(worker.slots),
        worker.restReason ?? worker.currentJobs.join("; "),
      ]);
      printTable(["worker", "name", "engine", "status", "slots", "works on"], rows);
    });

  const events = new Command("events")
    .description("the stored events of a run, one a line")
    .argument("<run>", "the run's id")
    .option("--after <seq>", "those after this number", wholeNumber, 0)
    .option("--first <number>", "how many at most", pageSize, 100)
    .option("--follow", "go on with new ones until Ctrl-C")
    .option("--json", "as JSON Lines")
    .action(async function (this: Command, id: string) {
      const { after, first, follow, json } = this.opts<{
        after: number;
        first: number;
        follow?: true;
        json?: true;
      }>();
      const write = json ? writeJsonLine : writeLine;
      const api = connect(this);
      if (follow) {
        end(await followEvents(api, id, after, write, interruption()));
        return;
      }
      const { searchRun } = await api.request(storedEventsDocument, { id, first, after });
      for (const event of searchRun?.events ?? []) write(event);
      const last = searchRun?.events.at(-1)?.seq ?? after;
      if (last < (searchRun?.lastSeq ?? 0)) say(`More: --after ${last}`);
    });

  const watch = new Command("watch")
    .description("follow a run to its end; Ctrl-C ends only the watching")
    .argument("<run>", "the run's id")
    .action(async function (this: Command, id: string) {
      const api = connect(this);
      const signal = interruption();
      const progress = showProgress(process.stderr, runLine);
      try {
        const run = await follow(api, followedRun(api, id), progress, signal);
        print(`${run.id}: ${run.status.toLowerCase()}`);
        end(run.status === "DONE" ? exitCodes.done : exitCodes.failed);
      } catch (error) {
        if (!signal.aborted) throw error;
        end(exitCodes.interrupted);
      } finally {
        progress.stop();
      }
    });
  return { workers, events, watch };
}

function writeLine({ seq, kind, time, payload }: Event): void {
  print(`${String(seq).padStart(6)}  ${time}  ${kind}  ${JSON.stringify(payload)}`);
}

function writeJsonLine(event: Event): void {
  print(JSON.stringify(event));
}
