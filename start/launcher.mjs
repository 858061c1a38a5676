// The steps that npm start, npm run search and npm test share once they run on the pinned Node.
import path from "node:path";
import { fileURLToPath } from "node:url";
import { build, prepareEngine } from "./build.mjs";

/** The folder of the repository. */
export const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

/** The time at which the command began, in milliseconds since the epoch, on whichever Node it began. */
export const begun = Number(process.env.LAUNCH_BEGUN ?? performance.timeOrigin);

/**
 * Makes the engine and the build ready side by side: one waits for the network, the other for the
 * processor. Both come to their end before the error of either is thrown.
 *
 * @param {string} engine the setting OPNAS_ENGINE
 * @param {string} logs
 * @param {import("./terminal.mjs").Terminal} terminal
 */
export async function prepareEngineAndBuild(engine, logs, terminal) {
  const prepared = await Promise.allSettled([
    prepareEngine(root, engine, logs, terminal),
    build(root, logs, terminal),
  ]);
  for (const result of prepared) if (result.status === "rejected") throw result.reason;
}

/**
 * Starts the database, then server, workers and, where wanted, the portal, all of them owned by
 * `session`, which ends them. The build must be there: only now is what it made imported.
 *
 * @param {import("./session.mjs").Session} session
 * @param {import("./settings.mjs").Settings} settings
 * @param {import("./terminal.mjs").Terminal} terminal
 * @param {{ portal: boolean }} options
 * @returns {Promise<import("./platform.mjs").Platform>}
 */
export async function startServices(session, settings, terminal, { portal }) {
  const { openDatabase } = await import("./database.mjs");
  const database = await openDatabase(settings, terminal, session.giveUp);
  session.database = database;
  const { startPlatform } = await import("./platform.mjs");
  return session.untilStopped(
    startPlatform({
      root,
      settings,
      databaseUrl: database.url,
      portal,
      terminal,
      started: session.processes,
    }),
  );
}
