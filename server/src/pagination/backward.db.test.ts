import { testDatabase } from "@opnas/prisma/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { testServer } from "../testing/client.js";
import { SearchDriver } from "../testing/searchDriver.js";

const server = await testServer(await testDatabase());
afterAll(() => server.stop());
const driver = new SearchDriver(server.services);
let runId = "";

/** Seventeen candidates: twelve with scores in ties, five without a score. */
beforeAll(async () => {
  await driver.signIn();
  const run = await driver.startedRun({ population: 17 });
  runId = run.id;
  const ids = await driver.propose(run, 0);
  for (const [index, id] of ids.slice(0, 12).entries()) await driver.evaluate(runId, id, index % 3);
});

const pageForm = z.object({
  edges: z.array(z.object({ cursor: z.string(), node: z.object({ id: z.string() }) })),
  pageInfo: z.object({
    hasNextPage: z.boolean(),
    hasPreviousPage: z.boolean(),
    startCursor: z.string().nullable(),
    endCursor: z.string().nullable(),
  }),
});
type Page = z.infer<typeof pageForm>;

const fields = `edges { cursor node { id } }
  pageInfo { hasNextPage hasPreviousPage startCursor endCursor }`;

async function page(variables: Record<string, unknown>): Promise<Page> {
  const { searchRun } = await server.read(
    z.object({ searchRun: z.object({ architectures: pageForm }) }),
    `query ($id: ID!, $first: Int, $after: String, $last: Int, $before: String, $orderBy: ArchitectureOrder) {
      searchRun(id: $id) {
        architectures(first: $first, after: $after, last: $last, before: $before, orderBy: $orderBy) { ${fields} }
      }
    }`,
    { id: runId, ...variables },
  );
  return searchRun.architectures;
}

const idsOf = ({ edges }: Page) => edges.map(({ node }) => node.id);

const orders = ["SCORE", "PARAMS", "CREATED_AT", "STEP_TIME"].flatMap((field) =>
  ["ASC", "DESC"].map((direction) => ({ field, direction })),
);

test.each(orders)(
  "backwards by $field $direction the pages are those of forwards, from the end on",
  async (orderBy) => {
    const whole = await page({ first: 100, orderBy });
    expect(whole.edges).toHaveLength(17);
    expect(whole.pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: false });
    for (const last of [1, 4, 17, 100]) {
      const seen: string[] = [];
      for (let before: string | null = null, more = true; more;) {
        const found: Page = await page({ last, before, orderBy });
        expect(found.pageInfo.hasNextPage).toBe(before !== null);
        expect(found.pageInfo.startCursor).toBe(found.edges.at(0)?.cursor);
        expect(found.pageInfo.endCursor).toBe(found.edges.at(-1)?.cursor);
        seen.unshift(...idsOf(found));
        before = found.pageInfo.startCursor;
        more = found.pageInfo.hasPreviousPage;
      }
      expect(seen).toEqual(idsOf(whole));
    }
  },
);

test("a page forwards says whether there are entries before it", async () => {
  const orderBy = { field: "SCORE", direction: "DESC" };
  const one = await page({ first: 5, orderBy });
  expect(one.pageInfo).toMatchObject({ hasPreviousPage: false, hasNextPage: true });
  const two = await page({ first: 5, after: one.pageInfo.endCursor, orderBy });
  expect(two.pageInfo).toMatchObject({ hasPreviousPage: true, hasNextPage: true });
  // And back: the page before the second is the first.
  const back = await page({ last: 5, before: two.pageInfo.startCursor, orderBy });
  expect(idsOf(back)).toEqual(idsOf(one));
  expect(back.pageInfo).toMatchObject({ hasPreviousPage: false, hasNextPage: true });
  const whole = await page({ first: 100, orderBy });
  const behind = await page({ first: 5, after: whole.pageInfo.endCursor, orderBy });
  expect(behind).toEqual({
    edges: [],
    pageInfo: { hasPreviousPage: true, hasNextPage: false, startCursor: null, endCursor: null },
  });
  const ahead = await page({ last: 5, before: whole.pageInfo.startCursor, orderBy });
  expect(ahead).toEqual({
    edges: [],
    pageInfo: { hasPreviousPage: false, hasNextPage: true, startCursor: null, endCursor: null },
  });
});

test.each(["leaderboard", "searchRuns", "trainings"])("%s is read backwards, too", async (list) => {
  const { data, errors } = await server.ask(
    `{ ${list}(last: 2) { edges { node { id } } pageInfo { hasPreviousPage hasNextPage } } }`,
  );
  expect(errors).toBeUndefined();
  expect(data).toMatchObject({ [list]: { pageInfo: { hasNextPage: false } } });
});

test.each([
  ["first: 20, last: 5", "first", "first cannot be used: a page has either first or last."],
  ["first: 5, last: 5", "first", "first cannot be used: a page has either first or last."],
  [
    'last: 5, after: "x"',
    "after",
    "after cannot be used: it goes together with first, not with last.",
  ],
  ['before: "x"', "before", "before cannot be used: it goes together with last, not with first."],
  ['first: 5, before: "x"', "before", "before cannot be used: it goes together with last"],
  ["last: 0", "last", "last must be 1 to 100, not 0."],
  ["last: 101", "last", "last must be 1 to 100, not 101."],
  ['last: 5, before: "x"', "before", "before is not a cursor of this list. Use a startCursor"],
])("(%s) is refused by %s", async (given, path, message) => {
  const { errors } = await server.ask(`{ leaderboard(${given}) { totalCount } }`);
  expect(errors?.[0]?.message).toContain(message);
  expect(errors?.[0]?.extensions).toMatchObject({ code: "BAD_INPUT", kind: "user", path });
});

const byVariables = `query ($first: Int, $last: Int) {
  leaderboard(first: $first, last: $last) { edges { cursor } }
}`;

test.each([
  [{ first: 20, last: 5 }, "BAD_INPUT"],
  [{ first: 5, last: 5 }, "BAD_INPUT"],
  [{ first: null, last: 5 }, undefined],
  [{ last: 5 }, undefined],
  [{ first: 20, last: null }, undefined],
  [{ first: 20 }, undefined],
])("a page by the variables %j has one direction, or the error %s", async (variables, code) => {
  const { errors } = await server.ask(byVariables, variables);
  expect(errors?.[0]?.extensions.code).toBe(code);
});

test("a list within another has one direction, too; a null is no first", async () => {
  const nested = (given: string) =>
    server.ask(`{ searchRuns { edges { node { architectures(${given}) { totalCount } } } } }`);
  const { errors } = await nested("first: 20, last: 5");
  expect(errors?.[0]?.extensions).toMatchObject({ code: "BAD_INPUT" });
  expect((await nested("first: null, last: 5")).errors).toBeUndefined();
});
