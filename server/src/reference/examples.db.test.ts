import { testDatabase } from "@opnas/prisma/testing";
import { Kind, parse } from "graphql";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { testServer } from "../testing/client.js";
import { SearchDriver } from "../testing/searchDriver.js";
import { examples } from "./examples.js";

const server = await testServer(await testDatabase());
afterAll(() => server.stop());
const variablesForm = z.record(z.string(), z.unknown());
const ids = { RUN: "", ARCHITECTURE: "", OTHER: "" };

beforeAll(async () => {
  const driver = new SearchDriver(server.services);
  await driver.signIn();
  const run = await driver.startedRun();
  const [first = "", second = ""] = await driver.propose(run, 0);
  for (const id of [first, second]) await driver.evaluate(run.id, id, 40);
  Object.assign(ids, { RUN: run.id, ARCHITECTURE: first, OTHER: second });
});

test.each(examples)("the example $title runs as it stands", async ({ operation, variables }) => {
  const given = Object.entries(ids).reduce(
    (text, [name, id]) => text.replaceAll(`"${name}"`, `"${id}"`),
    JSON.stringify(variables ?? {}),
  );
  const { data, errors } = await server.ask(operation, variablesForm.parse(JSON.parse(given)));
  expect(errors).toBeUndefined();
  const [first] = parse(operation).definitions;
  if (first?.kind !== Kind.OPERATION_DEFINITION) throw new Error("The example has no operation.");
  const asked = first.selectionSet.selections.map((each) =>
    each.kind === Kind.FIELD ? (each.alias ?? each.name).value : "",
  );
  expect(Object.keys(variablesForm.parse(data))).toEqual(asked);
});
