import { readFile } from "node:fs/promises";
import { buildSchema, findBreakingChanges } from "graphql";
import { expect, test } from "vitest";
import { createSchema } from "../schema.js";
import { apiPage } from "./page.js";

async function file(name: string): Promise<string> {
  return readFile(new URL(`../../../${name}`, import.meta.url), "utf8");
}

test("docs/api.md is what `npm run api:docs -w server` writes", async () => {
  expect(await file("docs/api.md")).toBe(apiPage(createSchema()));
});

test("the schema breaks nothing that clients of the last release use", async () => {
  const released = buildSchema(await file("server/released.graphql"));
  const breaking = findBreakingChanges(released, createSchema());
  expect(breaking.map(({ description }) => description)).toEqual([]);
});

test("a removed field and a new required argument would be found", () => {
  const before = buildSchema("type Query { a: Int, b(x: Int): Int }");
  const after = buildSchema("type Query { b(x: Int, y: Int!): Int }");
  expect(findBreakingChanges(before, after)).toHaveLength(2);
});
