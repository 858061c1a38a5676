import { once } from "node:events";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { startEmbeddedPostgres } from "@opnas/prisma/embedded";
import { migrate } from "@opnas/prisma/migrate";
import { foldRepeats } from "./fold.mjs";
import { UserError } from "./userError.mjs";

/** Milliseconds within which an end of Postgres after its start counts as quick. */
const quickMs = 60_000;
/** Milliseconds before Postgres is started again: they double from the first to the longest. */
const firstPause = 100;
const longestPause = 30_000;
/** Milliseconds that a stop waits for a start that is under way. */
const stopMs = 2_000;

/**
 * @typedef {object} Database
 * @property {string} url
 * @property {string | undefined} folder where the embedded one keeps its data
 * @property {() => Promise<void>} stop
 */

/**
 * Opens and migrates the database: the user's own Postgres (DATABASE_URL), or the embedded one,
 * which is started again on its port whenever it ends by itself, after growing pauses and for as long as
 * it takes: server and workers wait for it. Only a wrong setting gives it up.
 *
 * @param {Pick<import("./settings.mjs").Settings, "databaseUrl" | "dataFolder">} settings
 * @param {import("./terminal.mjs").Terminal} terminal
 * @param {(error: UserError) => void} onGivenUp
 * @returns {Promise<Database>}
 */
export async function openDatabase(settings, terminal, onGivenUp) {
  const database =
    settings.databaseUrl === undefined
      ? await startEmbedded(settings.dataFolder, terminal, onGivenUp)
      : { url: settings.databaseUrl, folder: undefined, stop: async () => undefined };
  try {
    await terminal.step("Migrations", async (progress) => {
      const applied = await migrate(database.url);
      progress(applied.length === 0 ? "= up to date" : `= applied ${applied.join(", ")}`);
    });
  } catch (error) {
    await database.stop();
    throw error;
  }
  return database;
}

/**
 * @param {string} dataFolder
 * @param {import("./terminal.mjs").Terminal} terminal
 * @param {(error: UserError) => void} onGivenUp
 * @returns {Promise<Database>}
 */
async function startEmbedded(dataFolder, terminal, onGivenUp) {
  const options = {
    folder: path.join(dataFolder, "postgres"),
    logFile: path.join(dataFolder, "logs", "postgres.log"),
  };
  const say = foldRepeats((line) => terminal.line(line));
  const stopping = new AbortController();
  let postgres = await terminal.step("Postgres", async (report) => {
    const started = await startEmbeddedPostgres({ ...options, report });
    if (started.reused) report("= took over the one that was left running");
    return started;
  });
  const { port } = postgres;
  const stopped = once(stopping.signal, "abort");
  const watching = watch();

  async function watch() {
    let pause = firstPause;
    while (!stopping.signal.aborted) {
      const since = Date.now();
      await Promise.race([postgres.ended, stopped]);
      if (stopping.signal.aborted) return;
      say("Postgres ended by itself; starting it again");
      if (Date.now() - since > quickMs) pause = firstPause;
      for (let isUp = false; !isUp; pause = Math.min(2 * pause, longestPause)) {
        await sleep(pause, undefined, { signal: stopping.signal }).catch(() => undefined);
        if (stopping.signal.aborted) return;
        isUp = await tryAgain();
      }
    }
  }

  /** @returns {Promise<boolean>} false when another try is due */
  async function tryAgain() {
    try {
      const again = await startEmbeddedPostgres({ ...options, port });
      postgres = again;
      if (again.port === port) return true;
      await again.stop();
      throw new Error(`its port ${port} is taken by another program`);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      const isHopeless = error instanceof Error && "code" in error && error.code === "BAD_SETTING";
      if (!isHopeless) {
        say(`Postgres does not start (${reason}); trying again. Its log: ${options.logFile}`);
        return false;
      }
      onGivenUp(new UserError(`Postgres could not be kept running: ${reason}`));
      stopping.abort();
      return true;
    }
  }

  return {
    url: postgres.url,
    folder: postgres.cluster,
    stop: async () => {
      stopping.abort();
      // One that is just being started ends with this process.
      await Promise.race([watching, sleep(stopMs)]);
      await postgres.stop();
    },
  };
}
