import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { printContract } from "./contract.js";
import { createSchema } from "./schema.js";

test("schema.graphql is what the decorators say; npm run schema -w server writes it anew", async () => {
  const committed = await readFile(new URL("../schema.graphql", import.meta.url), "utf8");
  expect(printContract(createSchema())).toBe(committed);
});
