import { readFile, realpath } from "node:fs/promises";
import path from "node:path";
import { undefinedIfAbsent } from "./absent.js";
import { findRunning, urlOf } from "./postmaster.js";

/**
 * Returns the connection string of the database `opnas` on the embedded Postgres that runs on this
 * folder, whoever started it; undefined when none runs.
 */
export async function runningPostgresUrl(folder: string): Promise<string | undefined> {
  const cluster = await realpath(path.join(folder, "cluster")).catch(undefinedIfAbsent);
  const password = await readFile(path.join(folder, "password"), "utf8").catch(undefinedIfAbsent);
  if (cluster === undefined || password === undefined) return undefined;
  const place = { folder: cluster, password: password.trim() };
  const found = await findRunning(place, () => undefined);
  return found && urlOf(place, found.port, "opnas");
}
