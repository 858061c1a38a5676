import { setTimeout as sleep } from "node:timers/promises";
import { testDatabase } from "@opnas/prisma/testing";
import pg from "pg";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { z } from "zod";
import { testServer } from "./testing/client.js";
import { SearchDriver } from "./testing/searchDriver.js";

const server = await testServer(await testDatabase());
afterAll(() => server.stop());
afterEach(() => void vi.restoreAllMocks());
const driver = new SearchDriver(server.services);

let runId = "";
let last = "";

beforeAll(async () => {
  await driver.signIn();
  const run = await driver.startedRun({ population: 12, generations: 3 });
  runId = run.id;
  for (const generation of [0, 1, 2, 3]) {
    for (const [index, id] of (await driver.propose(run, generation)).entries()) {
      await driver.evaluate(run.id, id, 10 * generation + index);
      last = id;
    }
  }
  // Listeners are told once more half a second after the last notification, and read again then.
  await sleep(1_000);
});

/** Counts the statements that an operation sends to Postgres, without those of the queue and of the webhooks' sender. */
async function statements(query: string): Promise<number> {
  const sent = vi.spyOn(pg.Client.prototype, "query");
  const { errors } = await server.ask(query);
  expect(errors).toBeUndefined();
  const texts = sent.mock.calls.map(([statement]) => {
    const text: unknown = statement;
    return typeof text === "string" ? text : JSON.stringify(text);
  });
  sent.mockRestore();
  return texts.filter((text) => !/pgboss|WebhookDelivery|^"?(BEGIN|COMMIT)/.test(text)).length;
}

const row =
  "id name params flops score stability createdAt generationIndex layers { kind formula } run { id name preset } taskScores { task score }";

test("a page of the leaderboard costs as many queries for 12 rows as for 1", async () => {
  const page = (first: number) =>
    `{ leaderboard(first: ${first}) { totalCount edges { node { ${row} } } pageInfo { endCursor } } }`;
  await statements(page(1));
  const few = await statements(page(1));
  expect(await statements(page(12))).toBe(few);
  expect(few).toBeLessThanOrEqual(6);
});

test("a page's rows are read with their positions, in one statement", async () => {
  const fields =
    "id key name score params flops stability stepSeconds stepRatio reference tags createdAt";
  const page = `edges { cursor node { ${fields} } } pageInfo { hasNextPage endCursor }`;
  expect(await statements(`{ leaderboard(first: 20) { ${page} } }`)).toBe(1);
  const ofRun = `{ searchRun(id: "${runId}") { architectures(first: 20) { ${page} } } }`;
  // The run itself, and its page: rows with a score, then those without.
  expect(await statements(ofRun)).toBeLessThanOrEqual(3);
});

test("the data of a run's page cost a bounded number of queries, however much it has", async () => {
  const cost = await statements(`{
    searchRun(id: "${runId}") {
      name status progress { fraction } timings { trainSeconds } bestArchitecture { ${row} }
      generations { index bestScoreSoFar candidates { ${row} parent { id } } evaluations { taskScores { task } } }
      architectures(first: 20) { totalCount edges { node { ${row} } } }
    }
    operationPriorities(runId: "${runId}") { operation probability }
  }`);
  expect(cost).toBeLessThanOrEqual(26);
});

const lineageForm = z.object({
  architecture: z.object({
    lineage: z.array(
      z.object({
        mutation: z.string().nullable(),
        architecture: z.object({
          id: z.string(),
          generationIndex: z.int(),
          parent: z.object({ id: z.string() }).nullable(),
        }),
      }),
    ),
  }),
});

test("a lineage costs three queries, however long it is", async () => {
  const query = `{ architecture(id: "${last}") { lineage { mutation architecture { id generationIndex parent { id } } } } }`;
  const { lineage } = (await server.read(lineageForm, query)).architecture;
  expect(lineage.length).toBeGreaterThan(1);
  expect(lineage[0]?.mutation).toBeNull();
  expect(lineage.at(-1)?.architecture.id).toBe(last);
  for (const [index, { architecture }] of lineage.entries()) {
    expect(architecture.parent?.id).toBe(lineage[index - 1]?.architecture.id);
  }
  expect(
    await statements(`{ architecture(id: "${last}") { lineage { architecture { id } } } }`),
  ).toBe(3);
});
