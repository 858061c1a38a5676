// npm run schema: writes schema.graphql, the contract that web, cli and scripts build against.
import { writeFile } from "node:fs/promises";
import { createSchema } from "./schema.js";
import { printContract } from "./contract.js";

await writeFile(new URL("../schema.graphql", import.meta.url), printContract(createSchema()));
