// Brings the database at DATABASE_URL up to this version's schema and ends: `node dist/migrateMain.js`, as
// a job before server and workers are started or upgraded. npm start does it by itself.
import { exitCodeOf, OpnasError, toOpnasError } from "@opnas/core";
import { z } from "zod";
import { migrate } from "./migrate.js";
import { waitForDatabase } from "./waitForDatabase.js";

const addressSchema = z.url({ protocol: /^postgres(ql)?$/ });

try {
  const address = addressSchema.safeParse(process.env.DATABASE_URL);
  if (!address.success) {
    throw new OpnasError(
      "BAD_SETTING",
      "DATABASE_URL must be set to an address like postgres://user:password@host:5432/database.",
    );
  }
  await waitForDatabase(address.data, (reason) => console.error(reason));
  const applied = await migrate(address.data);
  console.log(
    applied.length === 0 ? "The schema is up to date." : `Applied ${applied.join(", ")}.`,
  );
} catch (error) {
  const { code, message } = toOpnasError(error);
  console.error(`${message} [${code}]`);
  process.exitCode = exitCodeOf(error);
}
