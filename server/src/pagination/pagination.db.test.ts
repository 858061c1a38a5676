import { testDatabase } from "@opnas/prisma/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { testServer } from "../testing/client.js";
import { SearchDriver } from "../testing/searchDriver.js";

const server = await testServer(await testDatabase());
afterAll(() => server.stop());
const driver = new SearchDriver(server.services);
beforeAll(() => driver.signIn());

const pageForm = z.object({
  edges: z.array(
    z.object({
      cursor: z.string(),
      node: z.looseObject({ id: z.string(), score: z.number().nullable() }),
    }),
  ),
  pageInfo: z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullable() }),
  totalCount: z.int(),
});
type Page = z.infer<typeof pageForm>;

const pageFields =
  "edges { cursor node { id score } } pageInfo { hasNextPage endCursor } totalCount";

/** Walks a list page by page; `between` runs after each page. */
async function walk(
  ask: (after: string | null) => Promise<Page>,
  between: () => Promise<void> = () => Promise.resolve(),
): Promise<{ id: string; score: number | null }[]> {
  const rows: { id: string; score: number | null }[] = [];
  for (let after: string | null = null, more = true; more;) {
    const page: Page = await ask(after);
    rows.push(...page.edges.map(({ node }) => node));
    expect(page.pageInfo.endCursor).toBe(page.edges.at(-1)?.cursor ?? null);
    after = page.pageInfo.endCursor;
    more = page.pageInfo.hasNextPage;
    await between();
  }
  return rows;
}

function board(runId: string, orderBy: unknown, first: number) {
  return async (after: string | null): Promise<Page> => {
    const { leaderboard } = await server.read(
      z.object({ leaderboard: pageForm }),
      `query ($first: Int, $after: String, $filter: LeaderboardFilter, $orderBy: ArchitectureOrder) {
        leaderboard(first: $first, after: $after, filter: $filter, orderBy: $orderBy) { ${pageFields} }
      }`,
      { first, after, filter: { runId }, orderBy },
    );
    return leaderboard;
  };
}

/** Ids by score, the older first in a tie; those without a score last. */
function expected(rows: { id: string; score: number | null }[], direction: 1 | -1): string[] {
  return [...rows]
    .sort((a, b) => {
      if (a.score === null || b.score === null) {
        return Number(a.score === null) - Number(b.score === null) || (a.id < b.id ? -1 : 1);
      }
      return direction * (a.score - b.score) || (a.id < b.id ? -1 : 1);
    })
    .map(({ id }) => id);
}

test("pages over ties cover every row once, in both directions and in every page size", async () => {
  const run = await driver.startedRun({ population: 23 });
  const ids = await driver.propose(run, 0);
  for (const [index, id] of ids.entries()) await driver.evaluate(run.id, id, (index % 3) / 3);
  const rows = await server.services.database.architecture.findMany({ where: { runId: run.id } });
  for (const first of [1, 4, 23, 100]) {
    for (const [direction, sign] of [
      ["DESC", -1],
      ["ASC", 1],
    ] as const) {
      const walked = await walk(board(run.id, { field: "SCORE", direction }, first));
      expect(walked.map(({ id }) => id)).toEqual(expected(rows, sign));
    }
    for (const field of ["PARAMS", "FLOPS", "STEP_TIME", "CREATED_AT"]) {
      const walked = await walk(board(run.id, { field, direction: "DESC" }, first));
      expect(new Set(walked.map(({ id }) => id)).size).toBe(23);
      expect(walked).toHaveLength(23);
    }
  }
});

test("pages over rows without a score cover every row once; those come last", async () => {
  const run = await driver.startedRun({ population: 11 }, 12);
  const ids = await driver.propose(run, 0);
  for (const [index, id] of ids.slice(0, 5).entries()) await driver.evaluate(run.id, id, index % 2);
  const rows = await server.services.database.architecture.findMany({ where: { runId: run.id } });
  for (const [direction, sign] of [
    ["DESC", -1],
    ["ASC", 1],
  ] as const) {
    for (const first of [1, 2, 5, 6]) {
      const walked = await walk(async (after) => {
        const { searchRun } = await server.read(
          z.object({ searchRun: z.object({ architectures: pageForm }) }),
          `query ($id: ID!, $first: Int, $after: String, $orderBy: ArchitectureOrder) {
            searchRun(id: $id) { architectures(first: $first, after: $after, orderBy: $orderBy) { ${pageFields} } }
          }`,
          { id: run.id, first, after, orderBy: { field: "SCORE", direction } },
        );
        return searchRun.architectures;
      });
      expect(walked.map(({ id }) => id)).toEqual(expected(rows, sign));
    }
  }
});

test("rows added between pages neither hide nor repeat those that were there before", async () => {
  const run = await driver.startedRun({ population: 40 }, 13);
  const ids = await driver.propose(run, 0);
  const there = ids.slice(0, 20);
  const coming = ids.slice(20);
  for (const [index, id] of there.entries()) await driver.evaluate(run.id, id, 10 + (index % 5));
  const walked = await walk(board(run.id, { field: "SCORE", direction: "DESC" }, 3), async () => {
    for (const score of [99, 12, 1]) {
      const id = coming.pop();
      if (id !== undefined) await driver.evaluate(run.id, id, score);
    }
  });
  const seen = walked.map(({ id }) => id);
  expect(new Set(seen).size).toBe(seen.length);
  expect(seen).toEqual(expect.arrayContaining(there));
});

const runsForm = pageForm.extend({
  edges: z.array(
    z.object({
      cursor: z.string(),
      node: z.object({
        id: z.string(),
        bestArchitecture: z.object({ score: z.number() }).nullable(),
      }),
    }),
  ),
});

test("runs are paged by age and by best score, those without one last", async () => {
  const runs = (orderBy: unknown) =>
    walk(async (after) => {
      const { searchRuns } = await server.read(
        z.object({ searchRuns: runsForm }),
        `query ($after: String, $orderBy: RunOrder) {
          searchRuns(first: 1, after: $after, orderBy: $orderBy) {
            edges { cursor node { id bestArchitecture { score } } }
            pageInfo { hasNextPage endCursor } totalCount
          }
        }`,
        { after, orderBy },
      );
      const edges = searchRuns.edges.map(({ cursor, node: { id, bestArchitecture } }) => ({
        cursor,
        node: { id, score: bestArchitecture?.score ?? null },
      }));
      return { ...searchRuns, edges };
    });
  await driver.startedRun({}, 14);
  const byAge = await server.services.database.searchRun.findMany({
    orderBy: { createdAt: "desc" },
  });
  expect((await runs(null)).map(({ id }) => id)).toEqual(byAge.map(({ id }) => id));
  const byScore = await runs({ field: "BEST_SCORE", direction: "DESC" });
  expect(byScore.map(({ score }) => score)).toEqual([99, 2 / 3, 1, null].sort(byValue));
  function byValue(a: number | null, b: number | null): number {
    return (b ?? -1) - (a ?? -1);
  }
});

test.each([0, -1, 101, 1000])("a page of %i is refused", async (first) => {
  const { errors } = await server.ask(`{ leaderboard(first: ${first}) { totalCount } }`);
  expect(errors?.[0]).toMatchObject({
    message: `first must be 1 to 100, not ${first}.`,
    extensions: { code: "BAD_INPUT", kind: "user", path: "first" },
  });
});

test("a cursor of another list is refused", async () => {
  const run = await driver.startedRun({}, 15);
  const [id = ""] = await driver.propose(run, 0);
  await driver.evaluate(run.id, id, 1);
  const page = await board(run.id, { field: "PARAMS", direction: "DESC" }, 1)(null);
  for (const after of [
    "x",
    "",
    page.pageInfo.endCursor ?? "",
    Buffer.from("[1]").toString("base64url"),
  ]) {
    const { errors } = await server.ask(
      "query ($after: String) { leaderboard(after: $after) { totalCount } }",
      { after },
    );
    expect(errors?.[0]).toMatchObject({ extensions: { code: "BAD_INPUT", path: "after" } });
  }
});

test("sorted by step time, rows that were not measured come last in either direction", async () => {
  const run = await driver.startedRun({ population: 4 }, 14);
  const ids = await driver.propose(run, 0);
  for (const id of ids) await driver.evaluate(run.id, id, 1);
  const ratios = [0.2, null, 0.1, null];
  const { architecture } = server.services.database;
  for (const [index, id] of ids.entries()) {
    await architecture.update({ where: { id }, data: { stepRatio: ratios[index] ?? null } });
  }
  const unmeasured = [ids[1], ids[3]].sort();
  for (const [direction, measured] of [
    ["ASC", [ids[2], ids[0]]],
    ["DESC", [ids[0], ids[2]]],
  ] as const) {
    for (const first of [1, 3]) {
      const walked = await walk(board(run.id, { field: "STEP_TIME", direction }, first));
      expect(walked.map(({ id }) => id)).toEqual([...measured, ...unmeasured]);
    }
  }
});
