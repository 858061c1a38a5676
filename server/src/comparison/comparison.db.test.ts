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

const form = z.object({
  compare: z.object({
    runs: z.array(z.object({ id: z.string() })),
    architectures: z.array(z.object({ id: z.string() }).nullable()),
    settings: z.array(z.object({ path: z.string(), values: z.array(z.unknown()) })),
    tasks: z.array(z.object({ task: z.string(), scores: z.array(z.number().nullable()) })),
    measures: z.array(z.object({ measure: z.string(), values: z.array(z.number().nullable()) })),
  }),
});
const query = `query ($ids: [ID!]!) {
  compare(ids: $ids) {
    runs { id } architectures { id } settings { path values }
    tasks { task scores } measures { measure values }
  }
}`;

test("runs and architectures stand side by side in the order of the ids", async () => {
  const first = await driver.startedRun({ population: 4 }, 1);
  const second = await driver.startedRun({ population: 5, masking: 0.5 }, 2);
  const [a = "", b = ""] = await driver.propose(first, 0);
  await driver.evaluate(first.id, a, 10);
  await driver.evaluate(first.id, b, 30);

  const runs = (await server.read(form, query, { ids: [second.id, first.id] })).compare;
  expect(runs.runs.map(({ id }) => id)).toEqual([second.id, first.id]);
  expect(runs.architectures).toEqual([null, { id: b }]);
  expect(runs.settings).toEqual([
    { path: "seed", values: [2, 1] },
    { path: "population", values: [5, 4] },
    { path: "masking", values: [0.5, 0.3] },
  ]);
  expect(runs.tasks).toEqual([{ task: "mlm", scores: [null, 30] }]);
  expect(runs.measures[0]).toEqual({ measure: "SCORE", values: [null, 30] });

  const both = (await server.read(form, query, { ids: [b, a] })).compare;
  expect(both.architectures).toEqual([{ id: b }, { id: a }]);
  expect(both.runs).toEqual([{ id: first.id }, { id: first.id }]);
  expect(both.settings).toEqual([]);
  expect(both.tasks).toEqual([{ task: "mlm", scores: [30, 10] }]);
  const rows = await database.architecture.findMany({ where: { id: { in: [a, b] } } });
  const paramsOf = (id: string) => rows.find((row) => row.id === id)?.params;
  expect(both.measures.slice(1, 2)).toEqual([
    { measure: "PARAMS", values: [paramsOf(b), paramsOf(a)] },
  ]);
  expect(both.measures.find(({ measure }) => measure === "LAYERS")?.values).toEqual([2, 2]);

  for (const ids of [[a], [a, a], [first.id, a], Array.from({ length: 9 }, () => a)]) {
    const { errors } = await server.ask(query, { ids });
    expect(errors?.[0]?.extensions.code).toBe("BAD_INPUT");
  }
});
