import { setTimeout as sleep } from "node:timers/promises";
import { createConnection } from "./connections.js";
import { databaseError } from "./databaseError.js";

const connectMilliseconds = 5_000;
/** Pauses between two tries in milliseconds: they double from the first to the longest. */
const firstPause = 250;
const longestPause = 5_000;

/**
 * Waits until the database takes connections, for as long as it takes.
 *
 * @param onWait is called after each try that found no database, with one sentence
 * @throws OpnasError for any other reason, such as a wrong password
 */
export async function waitForDatabase(
  databaseUrl: string,
  onWait: (reason: string) => void,
): Promise<void> {
  for (let pause = firstPause; ; pause = Math.min(2 * pause, longestPause)) {
    const client = createConnection({
      connectionString: databaseUrl,
      connectionTimeoutMillis: connectMilliseconds,
    });
    try {
      await client.connect();
      await client.query("SELECT 1");
      return;
    } catch (error) {
      const known = databaseError(error);
      if (known.code !== "DATABASE_UNREACHABLE") throw known;
      const reason = error instanceof Error ? error.message : String(error);
      onWait(`Waiting for the Postgres at ${new URL(databaseUrl).host} (${reason}).`);
    } finally {
      await client.end().catch(() => undefined);
    }
    await sleep(pause);
  }
}
