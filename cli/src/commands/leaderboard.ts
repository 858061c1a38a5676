import { Command } from "commander";
import { leaderboardDocument } from "../api/architectures.js";
import type { Api } from "../api/client.js";
import { filterWith, findView } from "../api/views.js";
import type { LeaderboardQuery } from "../generated/graphql.js";
import { collect, pageSize } from "./optionValues.js";
import { csv, decimals, nextPage, print, printJson, printTable } from "./output.js";

interface Options {
  first: number;
  after?: string;
  run?: string;
  tag?: string[];
  where?: string;
  view?: string;
  json?: true;
  csv?: true;
  all?: true;
}

const tableHeads = [
  "",
  "architecture",
  "name",
  "score",
  "stability",
  "parameters",
  "generation",
  "run",
];

const csvHeads = [
  "id",
  "name",
  "key",
  "reference",
  "score",
  "stability",
  "params",
  "flops",
  "stepSeconds",
  "stepRatio",
  "generation",
  "run",
  "runName",
  "tags",
  "createdAt",
];

type Row = LeaderboardQuery["leaderboard"]["edges"][number]["node"];

/** Builds the command that lists the best architectures. */
export function leaderboardCommand(connect: (command: Command) => Api): Command {
  return new Command("leaderboard")
    .description("the best architectures")
    .option("--first <number>", "how many of a page", pageSize, 20)
    .option("--after <cursor>", "the page after this cursor, which the page before names")
    .option("--all", "all pages, one after the other")
    .option("--run <run>", "of this run only")
    .option("--tag <tag>", "that have this tag (repeatable)", collect)
    .option("--where <filter>", "that meet this filter, such as 'score > 55 and not tag = bad'")
    .option("--view <view>", "of this saved view, by its name or id")
    .option("--json", "as JSON")
    .option("--csv", "as CSV, for a spreadsheet")
    .addHelpText(
      "after",
      `
Examples:
  opnas leaderboard --run RUN
  opnas leaderboard --where 'score > 55 and strategy = opnas and layer.kernel in (3, 5)'
  opnas leaderboard --all --csv > leaderboard.csv`,
    )
    .action(async function (this: Command) {
      const options = this.opts<Options>();
      const pages = readPages(connect(this), options);
      const rows: Row[] = [];
      let last: LeaderboardQuery["leaderboard"] | undefined;
      for await (const page of pages) {
        rows.push(...page.edges.map(({ node }) => node));
        last = page;
      }
      if (last === undefined) return;
      show(rows, last, options);
    });
}

async function* readPages(api: Api, { first, after, run, tag, where, view, all }: Options) {
  const saved = view === undefined ? undefined : await findView(api, view, "LEADERBOARD");
  const orderBy = saved?.architectureOrder ?? null;
  const filter = { runId: run ?? null, tags: tag ?? null, query: filterWith(saved, where) };
  for (let next: string | null = after ?? null; ;) {
    const variables = { first: all ? 100 : first, after: next, filter, orderBy };
    const { leaderboard }: LeaderboardQuery = await api.request(leaderboardDocument, variables);
    yield leaderboard;
    next = leaderboard.pageInfo.endCursor;
    if (!all || !leaderboard.pageInfo.hasNextPage) return;
  }
}

function show(rows: readonly Row[], last: LeaderboardQuery["leaderboard"], options: Options) {
  const { pageInfo, totalCount } = last;
  if (options.json) {
    printJson({ totalCount, pageInfo, architectures: rows });
    return;
  }
  if (options.csv) {
    print(csv(csvHeads, rows.map(csvRow)));
  } else {
    printTable(tableHeads, rows.map(tableRow));
    print(`${rows.length} of ${totalCount} architectures`);
  }
  nextPage(pageInfo);
}

function tableRow(node: Row, index: number): string[] {
  return [
    String(index + 1),
    node.id,
    node.reference === null ? node.name : `${node.name} (reference)`,
    decimals(node.score),
    (node.stability ?? "").toLowerCase().replace("_", " "),
    String(node.params),
    node.reference === null ? String(node.generationIndex) : "",
    node.run.name,
  ];
}

function csvRow(node: Row): string[] {
  return [
    node.id,
    node.name,
    node.key,
    node.reference ?? "",
    node.score === null ? "" : String(node.score),
    node.stability ?? "",
    String(node.params),
    String(node.flops),
    node.stepSeconds === null ? "" : String(node.stepSeconds),
    node.stepRatio === null ? "" : String(node.stepRatio),
    String(node.generationIndex),
    node.run.id,
    node.run.name,
    node.tags.join(" "),
    node.createdAt,
  ];
}
