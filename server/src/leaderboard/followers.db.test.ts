import { testDatabase } from "@opnas/prisma/testing";
import { countStatements } from "@opnas/prisma/testing/statements";
import { afterAll, beforeAll, expect, test } from "vitest";
import { eventually, Subscription, testServer } from "../testing/client.js";
import { SearchDriver } from "../testing/searchDriver.js";

const statements = await countStatements(await testDatabase());
const server = await testServer(statements.url);
afterAll(async () => {
  await server.stop();
  await statements.stop();
});
const driver = new SearchDriver(server.services);
beforeAll(() => driver.signIn());

interface Message {
  leaderboardChanged: { upserts: { id: string }[]; total: number };
}

/** Follows a leaderboard with fields that are read from other tables for each row. */
function follow(filter: Record<string, unknown>): Subscription<Message> {
  return new Subscription<Message>(
    server.port,
    `subscription ($filter: LeaderboardFilter) {
      leaderboardChanged(filter: $filter) {
        total upserts { id generationIndex layers { index } run { name } taskScores { task } }
      }
    }`,
    { filter },
  );
}

function rowsOf({ messages }: Subscription<Message>): string[] {
  return messages.flatMap(({ data }) => data?.leaderboardChanged.upserts.map(({ id }) => id) ?? []);
}

/** Counts the statements that results take until each has reached every follower. */
async function statementsFor(
  runId: string,
  ids: readonly string[],
  followers: readonly Subscription<Message>[],
): Promise<number> {
  await eventually(() => followers.every(({ messages }) => messages.length > 0));
  const before = statements.count();
  for (const id of ids) {
    await driver.evaluate(runId, id, 50);
    await eventually(() => followers.every((each) => rowsOf(each).includes(id)));
  }
  return statements.count() - before;
}

test("a change takes as many statements for forty followers as for one", async () => {
  const run = await driver.startedRun({ population: 8 });
  const ids = await driver.propose(run, 0);
  const filter = { runId: run.id, stableOnly: true };
  const one = follow(filter);
  const forOne = await statementsFor(run.id, ids.slice(0, 4), [one]);
  // Filters that say the same in other words are one leaderboard.
  const others = Array.from({ length: 39 }, (_, index) =>
    follow(index % 2 === 0 ? filter : { stableOnly: true, search: "", runId: run.id }),
  );
  const forForty = await statementsFor(run.id, ids.slice(4), [one, ...others]);
  expect(server.services.streams.leaderboards.boardCount).toBe(1);
  // Two texts of variables are executed once each: their loaders take a few statements more, not 39 times as many.
  expect(forForty).toBeLessThan(2 * forOne);
  for (const each of [one, ...others])
    expect(each.messages.at(-1)?.data?.leaderboardChanged.total).toBe(8);
  await Promise.all([one, ...others].map((each) => each.leave()));
  await eventually(() => server.services.streams.leaderboards.boardCount === 0);
});

test("the list of workers and the runs are read once for all who follow them", async () => {
  const watch = (query: string) => new Subscription<unknown>(server.port, query);
  const workers = Array.from({ length: 20 }, () =>
    watch("subscription { workersChanged { id status } }"),
  );
  const runs = Array.from({ length: 20 }, () =>
    watch("subscription { runsChanged { id status bestArchitecture { id } } }"),
  );
  const run = await driver.startedRun({}, 21);
  const seen = (text: string) => (each: Subscription<unknown>) =>
    JSON.stringify(each.messages).includes(text);
  await eventually(() => runs.every(seen(run.id)) && workers.every(seen("busy")));
  const before = statements.count();
  await driver.signIn("idle");
  await server.ask(`mutation { pauseSearch(id: "${run.id}") { id } }`);
  await eventually(() => runs.every(seen("PAUSED")) && workers.every(seen("idle")));
  // A report, a mutation, and one reading of either list: not twenty of each.
  expect(statements.count() - before).toBeLessThan(30);
  await Promise.all([...workers, ...runs].map((each) => each.leave()));
});

test("a front is read once and kept up by results, and read anew once a run is archived", async () => {
  const run = await driver.startedRun({ population: 3 }, 22);
  const ids = await driver.propose(run, 0);
  const costs = [10, 20, 30];
  for (const [index, id] of ids.entries()) {
    await server.services.database.architecture.update({
      where: { id },
      data: { params: costs[index] ?? 0 },
    });
  }
  const front = async (filter: string) => {
    const { data } = await server.ask(`{ paretoFront(filter: ${filter}, x: PARAMS) { id } }`);
    return JSON.stringify(data);
  };
  const listed = (...rows: (string | undefined)[]) =>
    JSON.stringify({ paretoFront: rows.map((id) => ({ id })) });
  const [a, b, c] = ids;
  const filter = `{ runId: "${run.id}" }`;
  expect(await front(filter)).toBe(listed());
  await driver.evaluate(run.id, b ?? "", 50);
  await eventually(async () => (await front(filter)) === listed(b));
  await driver.evaluate(run.id, c ?? "", 40);
  await driver.evaluate(run.id, a ?? "", 30);
  await eventually(async () => (await front(filter)) === listed(a, b));
  const search = `{ search: "" , preset: "smoke", createdAt: { from: "${run.createdAt.toISOString()}" } }`;
  expect(await front(search)).toBe(listed(a, b));
  await driver.finish(run.id);
  await server.ask(`mutation { archiveRun(id: "${run.id}") { id } }`);
  await eventually(async () => (await front(search)) === listed());
  expect(await front(filter)).toBe(listed(a, b));
});
