import path from "node:path";
import { startEmbeddedPostgres } from "@opnas/prisma/embedded";
import { migrate } from "@opnas/prisma/migrate";
import { UserError } from "./userError.mjs";

/**
 * @typedef {object} Database
 * @property {string} url
 * @property {string | undefined} folder where the embedded one keeps its data
 * @property {() => Promise<void>} stop
 */

/**
 * Opens and migrates the database: the user's own Postgres (DATABASE_URL), or the embedded one,
 * which is started again on its port if it ends by itself.
 *
 * @param {import("./settings.mjs").Settings} settings
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
  let isStopping = false;
  let postgres = await terminal.step("Postgres", async (report) => {
    const started = await startEmbeddedPostgres({ ...options, report });
    if (started.reused) report("= took over the one that was left running");
    return started;
  });
  const { port } = postgres;
  void watch();

  async function watch() {
    for (let recent = 0; ; recent += 1) {
      const since = Date.now();
      await postgres.ended;
      if (isStopping) return;
      if (Date.now() - since > 60_000) recent = 0;
      terminal.line("Postgres ended by itself; starting it again");
      try {
        if (recent >= 5) throw new Error("it ended several times in a row");
        postgres = await startEmbeddedPostgres({ ...options, port });
        if (postgres.port !== port) throw new Error(`its port ${port} was taken meanwhile`);
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        onGivenUp(
          new UserError(
            `Postgres could not be kept running (${reason}): see ${options.logFile}, then start again.`,
          ),
        );
        return;
      }
    }
  }

  return {
    url: postgres.url,
    folder: postgres.cluster,
    stop: () => {
      isStopping = true;
      return postgres.stop();
    },
  };
}
