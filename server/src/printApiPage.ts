// npm run api:docs: writes docs/api.md, the reference of the API, from the schema.
import { writeFile } from "node:fs/promises";
import { apiPage } from "./reference/page.js";
import { createSchema } from "./schema.js";

await writeFile(new URL("../../docs/api.md", import.meta.url), apiPage(createSchema()));
