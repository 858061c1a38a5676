// npm run schema: writes schema.graphql, from which web, cli and scripts generate their types.
import { writeFile } from "node:fs/promises";
import { createSchema } from "./schema.js";
import { printContract } from "./contract.js";

await writeFile(new URL("../schema.graphql", import.meta.url), printContract(createSchema()));
