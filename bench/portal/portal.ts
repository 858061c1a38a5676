/** The portal over a large store; run by `npm run bench:portal`. */
import { freePort } from "@opnas/prisma/embedded";
import { z } from "zod";
import { openBrowser } from "../../test/support/browser.ts";
import { Portal } from "../../test/support/portal.ts";
import { GraphqlClient } from "../api/load.ts";
import type { Seeded } from "../api/seed.ts";
import { whichStore, withStore } from "../api/store.ts";
import { positive, runBench, whole } from "../common/command.ts";
import { note } from "../common/progress.ts";
import { measureLive } from "./live.ts";
import { measureMillion } from "./million.ts";
import { measurePage } from "./pages.ts";
import type { Report } from "./report.ts";

const about = `The portal over a store of --rows made architectures in --runs runs, in the Chromium of the machine:
five pages by Lighthouse as a desktop opens them, each figure the median of --visits visits; the time to the leaderboard's
first rows, and from a filter or sort to others; and, for --seconds each, the time from a result in the database to its
line on a run's page, and the longest task of the leaderboard's thread at --changes results a second. --keep and
--database are those of bench:api.`;

const bestSchema = z.object({
  leaderboard: z.object({ edges: z.tuple([z.object({ node: z.object({ id: z.string() }) })]) }),
});

await runBench(
  {
    name: "bench:portal",
    about,
    options: {
      ...whichStore,
      visits: whole(1).default(3),
      changes: whole(1).default(200),
      seconds: positive.default(10),
    },
    quick: { rows: "2000", runs: "10", visits: "1", changes: "20", seconds: "1" },
  },
  (options) => withStore(options, (url, seeded) => measure(url, seeded, options)),
);

interface Options {
  visits: number;
  changes: number;
  seconds: number;
}

async function measure(
  databaseUrl: string,
  seeded: Seeded,
  { visits, ...load }: Options,
): Promise<Report> {
  const debugPort = await freePort();
  const portal = await Portal.start(databaseUrl, "local");
  const browser = await openBrowser([`--remote-debugging-port=${debugPort}`]);
  try {
    const pages: Report["pages"] = [];
    for (const path of await pathsOf(portal.apiPort, seeded)) {
      note(`Opening ${path}.`);
      pages.push(await measurePage(debugPort, portal.url, path, visits));
    }
    console.table(pages);
    const million = await measureMillion(browser, portal.url, visits);
    console.table(million);
    const live = await measureLive(browser, portal.url, databaseUrl, load);
    console.table(live);
    return { pages, million, live };
  } finally {
    await browser.close();
    await portal.stop();
  }
}

/** Returns the paths of the pages: the lists, the form, the largest run, and its best architecture. */
async function pathsOf(apiPort: number, { largestRun }: Seeded): Promise<string[]> {
  const client = new GraphqlClient(apiPort);
  const { leaderboard } = await client.read(bestSchema, {
    query: `query ($run: ID!) {
      leaderboard(first: 1, filter: { runId: $run, references: false }) { edges { node { id } } } }`,
    variables: { run: largestRun },
  });
  client.close();
  const [{ node }] = leaderboard.edges;
  return ["/", "/runs", "/runs/new", `/runs/${largestRun}`, `/architectures/${node.id}`];
}
