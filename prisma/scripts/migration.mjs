// DATABASE_URL=postgres://… npm run migration -w prisma -- [older schema.prisma, e.g. from git show]
// Prints the SQL of the next migration, for migrations/NNNN_name/migration.sql.
import { readFile } from "node:fs/promises";
import { diffToSchema } from "./schemaEngine.mjs";

const { DATABASE_URL } = process.env;
if (DATABASE_URL === undefined) {
  console.error("Set DATABASE_URL to any reachable Postgres.");
  process.exit(1);
}
const older = process.argv[2];
const olderSchema = older === undefined ? undefined : await readFile(older, "utf8");
process.stdout.write(await diffToSchema(DATABASE_URL, olderSchema), () => process.exit(0));
