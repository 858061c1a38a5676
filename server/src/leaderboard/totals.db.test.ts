import { isDeepStrictEqual } from "node:util";
import { testDatabase } from "@opnas/prisma/testing";
import { countStatements } from "@opnas/prisma/testing/statements";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { eventually, testServer } from "../testing/client.js";
import { SearchDriver } from "../testing/searchDriver.js";

const statements = await countStatements(await testDatabase());
const server = await testServer(statements.url);
afterAll(async () => {
  await server.stop();
  await statements.stop();
});
const driver = new SearchDriver(server.services);
beforeAll(() => driver.signIn());

const totalSchema = z.object({
  leaderboard: z.object({ totalCount: z.int(), totalCountIsCapped: z.boolean() }),
});

/** Asks for the first row and the total; returns the total and the statements that both took. */
async function ask(filter: string) {
  const before = statements.count();
  const { leaderboard } = await server.read(
    totalSchema,
    `{ leaderboard(first: 1, filter: ${filter}) { totalCount totalCountIsCapped edges { node { id } } } }`,
  );
  return { ...leaderboard, statements: statements.count() - before };
}

test("a total beyond the limit is counted once until a run is archived, a smaller one each time", async () => {
  const run = await driver.startedRun({ population: 3 });
  const ids = await driver.propose(run, 0);
  const { database } = server.services;
  await database.$executeRaw`
    INSERT INTO "Architecture" (id, "runId", "generationId", "indexInGeneration", key, name, json, params, flops, score)
    SELECT gen_random_uuid(), "runId", "generationId", 10 + n, 'made ' || n, 'made-' || n, json, params, flops, 10
      FROM (SELECT * FROM "Architecture" WHERE id = ${ids[0]}::uuid) AS like_this, generate_series(1, 10001) AS n`;
  const all = '{ search: "" }';
  const capped = { totalCount: 10_000, totalCountIsCapped: true };
  expect((await ask(all)).statements).toBeGreaterThanOrEqual(2);
  // The server also reads events now and then, in statements of its own.
  await eventually(async () => isDeepStrictEqual(await ask(all), { ...capped, statements: 1 }));
  const few = "{ score: { min: 20 } }";
  for (let time = 0; time < 3; time++) {
    const { statements: taken, ...total } = await ask(few);
    expect(total).toEqual({ totalCount: 0, totalCountIsCapped: false });
    expect(taken).toBeGreaterThanOrEqual(2);
  }
  await driver.evaluate(run.id, ids[1] ?? "", 50);
  expect(await ask(few)).toMatchObject({ totalCount: 1, totalCountIsCapped: false });
  await eventually(async () => (await ask(all)).statements === 1);
  for (const field of ["cancelSearch", "archiveRun"])
    await server.read(z.unknown(), `mutation { ${field}(id: "${run.id}") { id } }`);
  await eventually(async () => (await ask(all)).totalCount === 0);
});
