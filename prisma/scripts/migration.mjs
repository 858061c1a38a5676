// DATABASE_URL=postgres://… npm run migration -w prisma -- [older schema folder, e.g. of a git worktree]
// Prints the SQL of the next migration, for migrations/NNNN_name/migration.sql.
import { diffToSchema } from "./schemaEngine.mjs";

const { DATABASE_URL } = process.env;
if (DATABASE_URL === undefined) {
  console.error("Set DATABASE_URL to any reachable Postgres.");
  process.exit(1);
}
const older = process.argv[2];
process.stdout.write(await diffToSchema(DATABASE_URL, older), () => process.exit(0));
