import { architectureSchema } from "@opnas/core";
import { testDatabase } from "@opnas/prisma/testing";
import { afterAll, expect, test } from "vitest";
import { z } from "zod";
import { testServer } from "../testing/client.js";
import { SearchDriver } from "../testing/searchDriver.js";

const server = await testServer(await testDatabase());
afterAll(() => server.stop());

const form = z.object({
  importance: z
    .object({
      method: z.string(),
      candidates: z.int(),
      explained: z.number(),
      factors: z.array(
        z.object({
          kind: z.string(),
          layer: z.int().nullable(),
          operation: z.string().nullable(),
          importance: z.number(),
        }),
      ),
    })
    .nullable(),
});

test("the importance of a run's choices finds the layer that its scores follow", async () => {
  const driver = new SearchDriver(server.services);
  await driver.signIn();
  const run = await driver.startedRun({ population: 60, parents: 1 });
  const ids = await driver.propose(run, 0);
  const query = `query ($id: ID!) {
    importance(runId: $id) { method candidates explained factors { kind layer operation importance } }
  }`;
  expect(await server.read(form, query, { id: run.id })).toEqual({ importance: null });
  const rows = await server.services.database.architecture.findMany({ where: { runId: run.id } });
  for (const id of ids) {
    const row = rows.find((each) => each.id === id);
    const [first] = architectureSchema.parse(row?.json).layers;
    await driver.evaluate(run.id, id, first?.kind === "attention" ? 60 : 20);
  }
  const { importance } = await server.read(form, query, { id: run.id });
  expect(importance?.candidates).toBe(60);
  expect(importance?.explained).toBeGreaterThan(0.8);
  expect(importance?.factors[0]).toMatchObject({ kind: "LAYER_KIND", layer: 0, operation: null });
  expect(await server.read(form, query, { id: run.id })).toEqual({ importance });
});
