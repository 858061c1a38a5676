import { architectureKey, bertLayer, withDepth } from "@opnas/core";
import { testDatabase } from "@opnas/prisma/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { testServer } from "../testing/client.js";
import { SearchDriver } from "../testing/searchDriver.js";

const server = await testServer(await testDatabase());
afterAll(() => server.stop());
const { database } = server.services;
const driver = new SearchDriver(server.services);
beforeAll(() => driver.signIn());

const query = `mutation ($runId: ID!, $json: JSON!, $name: String) {
  importArchitecture(runId: $runId, json: $json, name: $name) { id name key reference params score }
}`;
const form = z.object({ importArchitecture: z.looseObject({ id: z.string() }) });
const bert = withDepth({ version: 1, layers: [bertLayer] }, 2);

async function codeOf(runId: string, json: unknown) {
  return (await server.ask(query, { runId, json })).errors?.[0]?.extensions.code;
}

test("an architecture of a user's is scored beside a run's candidates, outside of its budget", async () => {
  const run = await driver.startedRun();
  expect(await codeOf(run.id, bert)).toBe("WRONG_STATE");
  const ids = await driver.propose(run, 0);
  const variables = { runId: run.id, json: bert, name: "Mine" };
  const { importArchitecture } = await server.read(form, query, variables);
  const { id } = importArchitecture;
  const key = architectureKey(bert);
  expect(importArchitecture).toMatchObject({
    name: "Mine",
    key,
    reference: `imported-${key}`,
    score: null,
  });
  expect((await server.read(form, query, variables)).importArchitecture.id).toBe(id);
  const [job] = await database.$queryRaw<{ count: number }[]>`
    SELECT count(*)::int AS count FROM pgboss.job
     WHERE data ->> 'architectureId' = ${id} AND state = 'created'`;
  expect(job?.count).toBe(1);
  await driver.evaluate(run.id, id, 44);
  expect(await database.architecture.findUnique({ where: { id } })).toMatchObject({ score: 44 });
  const { progressDone, bestScore } = await database.searchRun.findUniqueOrThrow({
    where: { id: run.id },
  });
  expect({ progressDone, bestScore }).toEqual({ progressDone: 0, bestScore: null });
  for (const candidate of ids) await driver.evaluate(run.id, candidate, 10);
  await driver.finish(run.id);
  expect(await codeOf(run.id, withDepth(bert, 2))).toBeUndefined();
});

test("what is no architecture of the run's depth is refused", async () => {
  const run = await driver.startedRun();
  await driver.propose(run, 0);
  expect(await codeOf(run.id, withDepth(bert, 3))).toBe("BAD_ARCHITECTURE");
  // A whole request of BERT's depth is read: only its depth is refused.
  expect(await codeOf(run.id, withDepth(bert, 48))).toBe("BAD_ARCHITECTURE");
  expect(await codeOf(run.id, { version: 1, layers: [{ kind: "conv", kernelSize: 4 }] })).toBe(
    "BAD_ARCHITECTURE",
  );
  expect(
    await codeOf(
      run.id,
      Array.from({ length: 30_000 }, () => 1),
    ),
  ).toBe("BAD_INPUT");
  expect(await codeOf("x", bert)).toBe("NOT_FOUND");
});
