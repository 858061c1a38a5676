import { testDatabase } from "@opnas/prisma/testing";
import { afterAll, expect, test } from "vitest";
import { z } from "zod";
import { testServer } from "../testing/client.js";
import { SearchDriver } from "../testing/searchDriver.js";

const server = await testServer(await testDatabase());
afterAll(() => server.stop());
const { database } = server.services;

const form = z.object({
  node: z.object({ __typename: z.string(), id: z.string(), name: z.string().optional() }),
});

async function node(id: string) {
  const query = `query ($id: ID!) {
    node(id: $id) { __typename id ... on SearchRun { name } ... on Worker { name } }
  }`;
  return (await server.read(form, query, { id })).node;
}

test("node finds the type of any id, but nothing of a deleted run", async () => {
  const driver = new SearchDriver(server.services);
  await driver.signIn();
  const run = await driver.startedRun();
  const [architecture = ""] = await driver.propose(run, 0);
  await driver.evaluate(run.id, architecture, 5);
  const generation = await database.generation.findFirstOrThrow({ where: { runId: run.id } });
  const evaluation = await database.evaluation.findFirstOrThrow({ where: { runId: run.id } });
  const { pretrain } = await server.read(
    z.object({ pretrain: z.object({ id: z.string() }) }),
    "mutation ($id: ID!) { pretrain(architectureId: $id, input: {}) { id } }",
    { id: architecture },
  );
  const types = {
    SearchRun: run.id,
    Architecture: architecture,
    Generation: generation.id,
    Evaluation: evaluation.id,
    Training: pretrain.id,
    Worker: driver.workerId,
  };
  for (const [name, id] of Object.entries(types)) {
    expect(await node(id)).toMatchObject({ __typename: name, id });
  }
  expect(await node(run.id)).toMatchObject({ name: run.name });

  await database.searchRun.update({ where: { id: run.id }, data: { deletedAt: new Date() } });
  expect((await node(run.id)).id).toBe(run.id);
  for (const id of [architecture, generation.id, evaluation.id, pretrain.id]) {
    const { errors } = await server.ask("query ($id: ID!) { node(id: $id) { id } }", { id });
    expect(errors?.[0]?.extensions.code).toBe("NOT_FOUND");
  }
});
