import { Command, InvalidArgumentError } from "commander";
import {
  cancelledSchema,
  leaderboardSchema,
  pausedSchema,
  resumedSchema,
  runsSchema,
} from "../api/answers.js";
import type { Api } from "../api/client.js";
import {
  cancelDocument,
  leaderboardDocument,
  pauseDocument,
  resumeDocument,
  runsDocument,
} from "../api/documents.js";
import { buildRecord, fetchRunData } from "../search/record.js";
import { table } from "./table.js";

/** The commands that show or change what is there. `connect` gives the API they are meant for. */
export function listCommands(connect: (command: Command) => Api): Command[] {
  const runs = new Command("runs")
    .description("the newest runs")
    .option("--first <number>", "how many", pageSize, 20)
    .action(async function (this: Command) {
      const { first } = this.opts<{ first: number }>();
      const { searchRuns } = await connect(this).request(runsDocument, { first }, runsSchema);
      const rows = searchRuns.edges.map(({ node }) => [
        node.id,
        node.name,
        node.preset,
        String(node.seed),
        node.status.toLowerCase(),
        `${Math.round(node.progress.fraction * 100)}%`,
        decimals(node.bestArchitecture?.score),
      ]);
      print(table(["run", "name", "preset", "seed", "status", "done", "best"], rows));
      print(`${searchRuns.edges.length} of ${searchRuns.totalCount} runs`);
    });

  const show = new Command("show")
    .description("the JSON record of a run, as far as it has come")
    .argument("<run>", "the run's id")
    .action(async function (this: Command, id: string) {
      print(JSON.stringify(buildRecord(await fetchRunData(connect(this), id)), null, 2));
    });

  const leaderboard = new Command("leaderboard")
    .description("the best architectures")
    .option("--first <number>", "how many", pageSize, 20)
    .option("--run <run>", "of this run only")
    .action(async function (this: Command) {
      const { first, run } = this.opts<{ first: number; run?: string }>();
      const filter = run === undefined ? null : { runId: run };
      const answer = await connect(this).request(
        leaderboardDocument,
        { first, filter },
        leaderboardSchema,
      );
      const rows = answer.leaderboard.edges.map(({ node }, index) => [
        String(index + 1),
        node.id,
        node.reference == null ? node.name : `${node.name} (reference)`,
        decimals(node.score),
        (node.stability ?? "").toLowerCase().replace("_", " "),
        String(node.params),
        node.reference == null ? String(node.generationIndex) : "",
        node.run.name,
      ]);
      const heads = [
        "",
        "architecture",
        "name",
        "score",
        "stability",
        "parameters",
        "generation",
        "run",
      ];
      print(table(heads, rows));
      print(`${rows.length} of ${answer.leaderboard.totalCount} architectures`);
    });

  return [runs, show, leaderboard, ...changeCommands(connect)];
}

function changeCommands(connect: (command: Command) => Api): Command[] {
  const changes = {
    pause: async (api: Api, id: string) =>
      (await api.request(pauseDocument, { id }, pausedSchema)).pauseSearch,
    resume: async (api: Api, id: string) =>
      (await api.request(resumeDocument, { id }, resumedSchema)).resumeSearch,
    cancel: async (api: Api, id: string) =>
      (await api.request(cancelDocument, { id }, cancelledSchema)).cancelSearch,
  };
  return Object.entries(changes).map(([name, change]) =>
    new Command(name)
      .description(`${name} a run`)
      .argument("<run>", "the run's id")
      .action(async function (this: Command, id: string) {
        const run = await change(connect(this), id);
        print(`${run.id}: ${run.status.toLowerCase()}`);
      }),
  );
}

export function pageSize(text: string): number {
  const size = Number(text);
  if (Number.isInteger(size) && size >= 1 && size <= 100) return size;
  throw new InvalidArgumentError("It must be a number from 1 to 100.");
}

function decimals(score: number | null | undefined): string {
  return score === null || score === undefined ? "" : score.toFixed(2);
}

export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
