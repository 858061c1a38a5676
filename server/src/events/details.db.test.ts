import { eventPayloads } from "@opnas/prisma";
import { testDatabase } from "@opnas/prisma/testing";
import { isObjectType, isUnionType } from "graphql";
import { afterAll, expect, test } from "vitest";
import { z } from "zod";
import { createSchema } from "../schema.js";
import { testServer } from "../testing/client.js";
import { SearchDriver } from "../testing/searchDriver.js";

const server = await testServer(await testDatabase());
afterAll(() => server.stop());
const driver = new SearchDriver(server.services);
const schema = createSchema();

/** Selects every field of every kind in one selection. */
function wholeSelection(): string {
  const union = schema.getType("SearchEventDetails");
  if (!isUnionType(union)) throw new Error("SearchEventDetails is no union");
  const parts = union.getTypes().map((type) => {
    if (!isObjectType(type)) throw new Error(`${String(type)} is no object type`);
    return `... on ${type.name} { ${Object.keys(type.getFields()).join(" ")} }`;
  });
  expect(parts).toHaveLength(Object.keys(eventPayloads).length);
  return `{ __typename ${parts.join(" ")} }`;
}

const form = z.object({
  searchRun: z.object({
    events: z.array(
      z.object({
        kind: z.string(),
        payload: z.record(z.string(), z.unknown()),
        details: z.looseObject({ __typename: z.string() }).nullable(),
      }),
    ),
  }),
});

test("every event has its data typed by its kind, in one selection for all kinds", async () => {
  await driver.signIn();
  const run = await driver.startedRun({ population: 2 });
  for (const id of await driver.propose(run, 0)) await driver.evaluate(run.id, id, 5);
  await server.ask('mutation ($id: ID!) { tag(id: $id, tags: ["good"]) { tags } }', { id: run.id });
  const { database } = server.services;
  const last = await database.searchRun.findUniqueOrThrow({ where: { id: run.id } });
  await database.runEvent.create({
    data: { runId: run.id, seq: last.lastSeq + 1, kind: "run.dreamt", payload: { of: "sheep" } },
  });
  const { searchRun } = await server.read(
    form,
    `query ($id: ID!) {
      searchRun(id: $id) { events(first: 100) { kind payload details ${wholeSelection()} } }
    }`,
    { id: run.id },
  );
  const typed = searchRun.events.flatMap(({ details }) => (details === null ? [] : [details]));
  expect(typed.map(({ __typename }) => __typename)).toContain("CandidateEvaluatedEvent");
  expect(typed.map(({ __typename }) => __typename)).toContain("RunEditedEvent");
  for (const { kind, payload, details } of searchRun.events) {
    if (kind === "run.dreamt") expect(details).toBeNull();
    else expect(details).toMatchObject(payload);
  }
});
