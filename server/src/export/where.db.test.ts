/** Exports by conditions in the filter language, which one person's `me` and teams are part of. */
import { testDatabase } from "@opnas/prisma/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { authSecret, bearer, testAccount, type TestAccount } from "../testing/accounts.js";
import { testServer } from "../testing/client.js";
import { SearchDriver } from "../testing/searchDriver.js";

const server = await testServer(await testDatabase(), { mode: "accounts", secret: authSecret });
afterAll(() => server.stop());
const driver = new SearchDriver(server.services);

let ann: TestAccount;
let eve: TestAccount;
let bob: TestAccount;

/** Three runs of six candidates with scores from 50 on: two of a team by two people, one of another. */
beforeAll(async () => {
  await driver.signIn();
  ann = await testAccount(server, "ann", "RESEARCHER");
  eve = await testAccount(server, "eve", "RESEARCHER", ann.teamId);
  bob = await testAccount(server, "bob", "RESEARCHER");
  for (const [index, { id, teamId }] of [ann, eve, bob].entries()) {
    const run = await driver.startedRun({ population: 6 }, index + 1);
    const data = { ownerId: id, teamId };
    await server.services.database.searchRun.update({ where: { id: run.id }, data });
    const candidates = await driver.propose(run, 0);
    for (const [place, each] of candidates.entries()) {
      await driver.evaluate(run.id, each, 50 + 10 * index + place);
    }
  }
});

async function download({ key }: TestAccount, table: string, where: string): Promise<Response> {
  const filter = encodeURIComponent(JSON.stringify({ query: where }));
  const url = `http://127.0.0.1:${server.port}/export/${table}.jsonl?filter=${filter}`;
  return fetch(url, { headers: bearer(key) });
}

async function values(who: TestAccount, table: string, where: string, column: string) {
  const response = await download(who, table, where);
  const text = await response.text();
  expect({ status: response.status, where, text }).toMatchObject({ status: 200 });
  const row = z.record(z.string(), z.unknown());
  return text
    .split("\n")
    .slice(0, -1)
    .map((line) => row.parse(JSON.parse(line))[column]);
}

test("a download has the rows that its condition names, in the leaderboard's order", async () => {
  expect(await values(ann, "leaderboard", "score > 53", "score")).toEqual([
    65, 64, 63, 62, 61, 60, 55, 54,
  ]);
  expect(await values(ann, "leaderboard", "score > 53 and score <= 61", "score")).toEqual([
    61, 60, 55, 54,
  ]);
  expect(await values(ann, "leaderboard", "not score < 65", "score")).toEqual([65]);
  expect(await values(ann, "runs", "seed = 2 or seed = 3", "seed")).toEqual([2]);
  expect(await values(ann, "runs", "", "seed")).toEqual([2, 1]);
});

test("`me` is who downloads, and nobody downloads another team's rows", async () => {
  expect(await values(ann, "runs", "owner = me", "seed")).toEqual([1]);
  expect(await values(eve, "runs", "owner = me", "seed")).toEqual([2]);
  expect(await values(bob, "runs", "owner = me or not owner = me", "seed")).toEqual([3]);
  expect(await values(bob, "leaderboard", "score < 70", "score")).toEqual([]);
  expect(await values(ann, "leaderboard", "score >= 70", "score")).toEqual([]);
});

test("a condition that cannot be read is refused with its place, before anything is sent", async () => {
  for (const [table, where, message] of [
    ["leaderboard", "scor > 55", "at character 1, scor is no field; did you mean score"],
    ["leaderboard", "score > ", "at the end, a number was expected"],
    ["runs", "layer.kernel = 3", "at character 1"],
  ] as const) {
    const response = await download(ann, table, where);
    expect(response.status).toBe(400);
    expect(response.headers.get("content-disposition")).toBeNull();
    const form = z.object({
      errors: z.tuple([
        z.object({
          message: z.string(),
          extensions: z.looseObject({ code: z.string(), filter: z.object({ position: z.int() }) }),
        }),
      ]),
    });
    const [error] = form.parse(await response.json()).errors;
    expect(error.message).toContain(message);
    expect(error.extensions.code).toBe("BAD_INPUT");
  }
});
