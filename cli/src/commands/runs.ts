import { Command } from "commander";
import type { Api } from "../api/client.js";
import {
  cancelDocument,
  deleteDocument,
  extendDocument,
  pauseDocument,
  restoreDocument,
  resumeDocument,
  runsDocument,
} from "../api/runs.js";
import { filterWith, findView } from "../api/views.js";
import { buildRecord, fetchRunData } from "../search/record.js";
import { archiveCommand } from "./archiveCommand.js";
import { collect, pageSize, positiveNumber } from "./optionValues.js";
import { decimals, nextPage, print, printJson, printTable } from "./output.js";

interface RunsOptions {
  first: number;
  after?: string;
  archived?: true;
  deleted?: true;
  tag?: string[];
  search?: string;
  where?: string;
  view?: string;
  json?: true;
}

function filterOf({ archived, deleted, tag, search }: Omit<RunsOptions, "first">) {
  const wanted = [archived ? ["ARCHIVED" as const] : [], deleted ? ["DELETED" as const] : []];
  const visibility = archived || deleted ? wanted.flat() : null;
  return { visibility, tags: tag ?? null, search: search ?? null };
}

/**
 * Builds the commands that show runs and their architectures, or change a run;
 * `connect` gives the API to ask.
 */
export function runCommands(connect: (command: Command) => Api): Command[] {
  const runs = new Command("runs")
    .description("the newest runs")
    .option("--first <number>", "how many", pageSize, 20)
    .option("--after <cursor>", "the page after this cursor, which the page before names")
    .option("--archived", "archived ones")
    .option("--deleted", "deleted ones that can still be restored")
    .option("--tag <tag>", "that have this tag (repeatable)", collect)
    .option("--search <text>", "whose name contains this")
    .option("--where <filter>", "that meet this filter, such as 'status = done and bestScore > 55'")
    .option("--view <view>", "of this saved view, by its name or id")
    .option("--json", "as JSON")
    .addHelpText(
      "after",
      `
Examples:
  opnas runs --where 'status in (running, queued) and owner = me'
  opnas runs --where "not tag and created >= 2026-11-01"`,
    )
    .action(async function (this: Command) {
      const { first, after, json, where, view, ...asked } = this.opts<RunsOptions>();
      const api = connect(this);
      const saved = view === undefined ? undefined : await findView(api, view, "RUNS");
      const filter = { ...filterOf(asked), query: filterWith(saved, where) };
      const orderBy = saved?.runOrder ?? null;
      const variables = { first, after: after ?? null, filter, orderBy };
      const { searchRuns } = await api.request(runsDocument, variables);
      if (json) {
        printJson(searchRuns);
        return;
      }
      const rows = searchRuns.edges.map(({ node }) => [
        node.id,
        node.name,
        node.preset,
        String(node.seed),
        node.status.toLowerCase(),
        `${Math.round(node.progress.fraction * 100)}%`,
        decimals(node.bestArchitecture?.score),
        node.failures === 0 ? "" : String(node.failures),
      ]);
      printTable(["run", "name", "preset", "seed", "status", "done", "best", "failed"], rows);
      print(`${searchRuns.edges.length} of ${searchRuns.totalCount} runs`);
      nextPage(searchRuns.pageInfo);
    });

  const show = new Command("show")
    .description("the JSON record of a run, as far as it has come")
    .argument("<run>", "the run's id")
    .action(async function (this: Command, id: string) {
      printJson(buildRecord(await fetchRunData(connect(this), id)));
    });

  return [runs, show, ...changeCommands(connect), archiveCommand(connect)];
}

function changeCommands(connect: (command: Command) => Api): Command[] {
  const changes = [
    {
      name: "pause",
      description: "pause a run",
      change: async (api: Api, id: string) =>
        (await api.request(pauseDocument, { id })).pauseSearch,
    },
    {
      name: "resume",
      description: "let a paused, failed or cancelled run go on",
      change: async (api: Api, id: string) =>
        (await api.request(resumeDocument, { id })).resumeSearch,
    },
    {
      name: "cancel",
      description: "cancel a run",
      change: async (api: Api, id: string) =>
        (await api.request(cancelDocument, { id })).cancelSearch,
    },
    {
      name: "delete",
      description:
        "delete a run that is over: its candidates, events, super-net and models go for good after a while, until then `opnas restore` brings it back",
      change: async (api: Api, id: string) => (await api.request(deleteDocument, { id })).deleteRun,
      said: "deleted; opnas restore brings it back until cleaning removes it for good",
    },
    {
      name: "restore",
      description: "bring an archived or deleted run back",
      change: async (api: Api, id: string) =>
        (await api.request(restoreDocument, { id })).restoreRun,
      said: "restored",
    },
  ];
  const extend = new Command("extend")
    .description("let a finished run go on for more generations")
    .argument("<run>", "the run's id")
    .requiredOption("--generations <number>", "how many more", positiveNumber)
    .action(async function (this: Command, id: string) {
      const { generations } = this.opts<{ generations: number }>();
      const { extendSearch } = await connect(this).request(extendDocument, { id, generations });
      print(`${extendSearch.id}: ${extendSearch.status.toLowerCase()}`);
    });
  const commands = changes.map(({ name, description, change, said }) =>
    new Command(name)
      .description(description)
      .argument("<run>", "the run's id")
      .action(async function (this: Command, id: string) {
        const run = await change(connect(this), id);
        print(`${run.id}: ${said ?? run.status.toLowerCase()}`);
      }),
  );
  return [...commands, extend];
}
