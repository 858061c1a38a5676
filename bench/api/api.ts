/** The API over a large store; run by `npm run bench:api`. */
import { createClient } from "@opnas/prisma";
import { countStatements } from "@opnas/prisma/testing/statements";
import { flag, list, positive, runBench, text, whole } from "../common/command.ts";
import { note } from "../common/progress.ts";
import { measureDownload } from "./downloads.ts";
import { closedLoop, GraphqlClient, type Operation } from "./load.ts";
import { measurePages, pagesOf } from "./pages.ts";
import type { Report } from "./report.ts";
import type { Seeded } from "./seed.ts";
import { type ServerKind, startServerProcess } from "./servers.ts";
import { type StoreOptions, whichStore, withStore } from "./store.ts";
import { measureSubscribers, type MeasuredSubscribers } from "./subscribers.ts";

const about = `The API over a store of --rows made architectures in --runs runs: the times of the portal's pages at
--rate requests a second and the statements of each; the time from a result to each of so many live
subscribers, at --changes results a second; the time of 100,000 rows as CSV and the server's memory meanwhile; and
the requests a second of a page of 20 rows, by the API, by graphql-yoga with the same resolvers, and by bare http and
pg. --keep names a folder in which the store is kept for the next
measurement, --database a database of yours: an empty one is filled, a filled one is measured as it is. Without either
the store is in a temporary folder. --only measures the pages whose names have that text. The requests of the
throughput are all equal, as of many who watch one page, which the API executes together; --distinct makes them differ.`;

const page: Operation = {
  query: `query ($filter: LeaderboardFilter) { leaderboard(first: 20, filter: $filter) {
    edges { node { id name score params flops stability } } pageInfo { hasNextPage endCursor } } }`,
};

/** Returns how to ask for the page so that no two requests are equal, though all have the same rows. */
function distinctPages(): () => Operation {
  let asked = 0;
  return () => ({ ...page, variables: { filter: { score: { max: 1_000 + asked++ } } } });
}

/** Requests under way at a time when throughput is measured, and seconds before it is. */
const atOnce = 16;
const warmUpSeconds = 2;

const parts = ["pages", "subscribers", "downloads", "throughput"];

await runBench(
  {
    name: "bench:api",
    about,
    options: {
      rate: positive.default(50),
      seconds: positive.default(5),
      subscribers: list(whole(1)).default([1, 100, 1_000, 5_000]),
      changes: whole(1).default(10),
      ...whichStore,
      only: text.default(""),
      distinct: flag,
      parts: list(text).default(parts),
    },
    quick: {
      rows: "2000",
      runs: "10",
      rate: "20",
      seconds: "0.2",
      subscribers: "1,20",
      changes: "5",
    },
  },
  (options) => withStore(options, (url, seeded) => measure(url, seeded, options)),
);

interface Options extends StoreOptions {
  rate: number;
  seconds: number;
  subscribers: number[];
  changes: number;
  only: string;
  distinct: boolean;
  parts: string[];
}

async function measure(databaseUrl: string, seeded: Seeded, options: Options): Promise<Report> {
  const counter = await countStatements(databaseUrl);
  const server = await startServerProcess("ours", counter.url);
  const client = new GraphqlClient(server.port);
  try {
    const pages = options.parts.includes("pages")
      ? await measurePages(
          client,
          (await pagesOf(client, seeded)).filter(({ name }) => name.includes(options.only)),
          counter.count,
          { perSecond: options.rate, seconds: options.seconds },
          note,
        )
      : [];
    console.table(pages);
    const subscribers = options.parts.includes("subscribers")
      ? await subscribersOf(databaseUrl, server.port, counter.count, options)
      : [];
    console.table(subscribers);
    const downloads = options.parts.includes("downloads") ? [await measureDownload(server)] : [];
    console.table(downloads);
    client.close();
    await server.stop();
    const throughput = options.parts.includes("throughput")
      ? {
          ours: await throughputOf("ours", databaseUrl, options),
          yoga: await throughputOf("yoga", databaseUrl, options),
          bare: await throughputOf("bare", databaseUrl, options),
        }
      : null;
    console.table(throughput);
    return { pages, subscribers, downloads, throughput };
  } finally {
    client.close();
    await counter.stop();
  }
}

async function subscribersOf(
  databaseUrl: string,
  port: number,
  statements: () => number,
  { subscribers, changes, seconds }: Options,
): Promise<MeasuredSubscribers[]> {
  const database = createClient(databaseUrl, 2);
  try {
    const measured: MeasuredSubscribers[] = [];
    for (const count of subscribers) {
      const load = { count, perSecond: changes, seconds: Math.ceil(seconds) };
      measured.push(await measureSubscribers({ port, database, statements }, load));
      note(JSON.stringify(measured.at(-1)));
    }
    return measured;
  } finally {
    await database.$disconnect();
  }
}

/** Measures the requests a second of a page of 20 rows. */
async function throughputOf(
  kind: ServerKind,
  databaseUrl: string,
  { seconds, distinct }: Options,
): Promise<number> {
  const server = await startServerProcess(kind, databaseUrl);
  const client = new GraphqlClient(server.port);
  try {
    const next = distinct ? distinctPages() : () => page;
    await closedLoop(client, next, { atOnce, seconds: Math.min(seconds, warmUpSeconds) });
    return await closedLoop(client, next, { atOnce, seconds });
  } finally {
    client.close();
    await server.stop();
  }
}
