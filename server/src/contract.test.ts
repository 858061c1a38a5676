import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { printContract } from "./contract.js";
import { createSchema } from "./schema.js";

test("schema.graphql is the schema of the decorators; npm run schema -w server writes it", async () => {
  const committed = await readFile(new URL("../schema.graphql", import.meta.url), "utf8");
  expect(printContract(createSchema())).toBe(committed);
});
