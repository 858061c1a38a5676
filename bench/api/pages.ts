import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { atRate, type GraphqlClient, type Operation, quantile } from "./load.ts";
import type { Seeded } from "./seed.ts";

/** A page of the portal or of a script, by its name in the report. */
export interface NamedPage {
  name: string;
  operation: Operation;
}

/** The measured times of a page in milliseconds, and the statements that one request of it takes. */
export interface MeasuredPage {
  name: string;
  p50: number;
  p95: number;
  statements: number;
  /** The time of one request while nobody else asks. */
  alone: number;
}

/** The fields of a row of the portal's leaderboard. */
const rowFields = `id key name score stability params flops stepSeconds stepRatio reference generationIndex
  indexInGeneration createdAt layers { index kind kernelSize } run { id name preset }`;

const leaderboard = `query ($first: Int, $after: String, $filter: LeaderboardFilter, $orderBy: ArchitectureOrder) {
  leaderboard(first: $first, after: $after, filter: $filter, orderBy: $orderBy) {
    totalCount pageInfo { hasNextPage endCursor } edges { node { ${rowFields} } } } }`;

const front = `query ($filter: LeaderboardFilter, $x: ParetoCost!) {
  paretoFront(filter: $filter, x: $x, y: SCORE) { ${rowFields} } }`;

const runPage = `query ($id: ID!) { searchRun(id: $id) {
  id name status phase settings timings { superNetSeconds trainSeconds fineTuneSeconds scoreSeconds overheadSeconds }
  bestArchitecture { ${rowFields} }
  generations { id index size evaluated bestScore meanScore bestScoreSoFar
    candidates { id name score stability generationIndex indexInGeneration } } } }`;

const runCandidates = `query ($id: ID!, $orderBy: ArchitectureOrder) { searchRun(id: $id) {
  architectures(first: 50, orderBy: $orderBy) { totalCount edges { node { ${rowFields} } } } } }`;

const filters: Record<string, unknown> = {
  "no filter": null,
  "stable only": { stableOnly: true },
  "references only": { references: true },
  "candidates only": { references: false },
  "a preset": { preset: "tiny" },
  "a strategy": { strategy: "OPNAS" },
  convolution: { kind: "CONVOLUTION" },
  "kernel 65": { kernelSize: 65 },
  "an operation": { operation: "EUCLIDEAN" },
  "a rare name": { search: "calm-dove-3f2" },
  "a part of names": { search: "heron" },
  "a score range": { score: { min: 60 } },
  "few parameters": { params: { max: 3.45e5 } },
  "FLOPs and stability": { flops: { min: 2.5e7 }, stableOnly: true },
  "a month": { createdAt: { from: new Date(Date.now() - 30 * 86_400_000) } },
  "archived too": { archived: true },
};

const fields = ["SCORE", "PARAMS", "FLOPS", "STEP_TIME", "CREATED_AT"];
const directions = ["DESC", "ASC"];

/** Lists the pages to measure: every order without a filter, every filter in two orders, depths, fronts and runs. */
export async function pagesOf(client: GraphqlClient, seeded: Seeded): Promise<NamedPage[]> {
  const board = (name: string, variables: Record<string, unknown>): NamedPage => ({
    name,
    operation: { query: leaderboard, variables: { first: 50, ...variables } },
  });
  const orders = fields.flatMap((field) => directions.map((direction) => ({ field, direction })));
  const deep = await Promise.all(
    orders.map(async (orderBy) => {
      const after = await cursorAt(client, orderBy, 400);
      return board(`deep by ${orderBy.field} ${orderBy.direction}`, { after, orderBy });
    }),
  );
  const runId = seeded.largestRun;
  return [
    ...orders.map((orderBy) => board(`by ${orderBy.field} ${orderBy.direction}`, { orderBy })),
    ...deep,
    ...Object.entries(filters).flatMap(([name, filter]) => [
      board(name, { filter }),
      board(`${name}, by step time`, {
        filter,
        orderBy: { field: "STEP_TIME", direction: "DESC" },
      }),
    ]),
    board("a run's leaderboard", { filter: { runId } }),
    ...["PARAMS", "FLOPS", "STEP_TIME"].map((x) => ({
      name: `front by ${x}`,
      operation: { query: front, variables: { x } },
    })),
    {
      name: "front of a preset",
      operation: { query: front, variables: { x: "PARAMS", filter: { preset: "tiny" } } },
    },
    {
      name: `a run of ${seeded.largestRows}`,
      operation: { query: runPage, variables: { id: runId } },
    },
    {
      name: "a run's candidates by score",
      operation: {
        query: runCandidates,
        variables: { id: runId, orderBy: { field: "SCORE", direction: "DESC" } },
      },
    },
    {
      name: "runs",
      operation: {
        query: `{ searchRuns(first: 50) { totalCount edges { node { id name status bestArchitecture { id score } } } } }`,
      },
    },
  ];
}

const cursorForm = z.object({
  leaderboard: z.object({
    pageInfo: z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullable() }),
  }),
});

/** Returns the cursor behind so many rows of the leaderboard, or behind all but the last page. */
async function cursorAt(
  client: GraphqlClient,
  orderBy: Record<string, string>,
  rows: number,
): Promise<string | null> {
  let after: string | null = null;
  for (let seen = 0; seen < rows; seen += 100) {
    const { leaderboard: page }: z.output<typeof cursorForm> = await client.read(cursorForm, {
      query: `query ($after: String, $orderBy: ArchitectureOrder) {
        leaderboard(first: 100, after: $after, orderBy: $orderBy) { pageInfo { hasNextPage endCursor } } }`,
      variables: { after, orderBy },
    });
    if (!page.pageInfo.hasNextPage) break;
    after = page.pageInfo.endCursor;
  }
  return after;
}

/** Measures each page by itself: once for its statements, then at a steady rate. */
export async function measurePages(
  client: GraphqlClient,
  pages: readonly NamedPage[],
  statements: () => number,
  rate: { perSecond: number; seconds: number },
  note: (text: string) => void,
): Promise<MeasuredPage[]> {
  const measured: MeasuredPage[] = [];
  for (const { name, operation } of pages) {
    await client.read(z.unknown(), operation);
    // What the last page has left under way must not count for this one.
    await sleep(20);
    const before = statements();
    const began = performance.now();
    await client.read(z.unknown(), operation);
    const alone = performance.now() - began;
    const taken = statements() - before;
    const times = await atRate(client, operation, rate);
    const page = {
      name,
      p50: quantile(times, 0.5),
      p95: quantile(times, 0.95),
      statements: taken,
      alone,
    };
    measured.push(page);
    const [once, half, most] = [alone, page.p50, page.p95].map((time) => time.toFixed(1));
    note(`${name}: ${once} ms alone, ${half} ms, p95 ${most} ms, ${taken} statements`);
  }
  return measured;
}
