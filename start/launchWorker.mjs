// The second part of npm run worker, on the pinned Node: engine and build, then workers on the database and
// the artifact store that are named, until it is asked to stop. It starts neither database, API nor portal.
import path from "node:path";
import { parseArgs } from "node:util";
import { begun, prepareEngineAndBuild, root } from "./launcher.mjs";
import { Session } from "./session.mjs";
import { readSettings } from "./settings.mjs";
import { createTerminal, seconds } from "./terminal.mjs";
import { Interrupted, UserError, exitFor } from "./userError.mjs";

const help = `Usage: npm run worker -- --database URL --artifacts URL

Workers for a platform whose database and artifact store are elsewhere. They take jobs of all its runs, and
stop on Ctrl-C: what they had begun goes on elsewhere from its last checkpoint.

  --database URL   Postgres, as DATABASE_URL: postgresql://user:password@host:5432/database. Other accounts
                   of this machine see what is written here: give a password by DATABASE_URL.
  --artifacts URL  the store, as OPNAS_ARTIFACTS: a shared folder or s3://bucket/prefix (docs/operations.md)

OPNAS_WORKERS, OPNAS_WORKER_SLOTS, OPNAS_GPUS and OPNAS_ENGINE count as with npm start.`;

const terminal = createTerminal(process.stdout);
const session = new Session();

try {
  const settings = readSettings(environment(process.argv.slice(2)), root);
  const { databaseUrl, dataFolder, artifacts } = settings;
  if (databaseUrl === undefined || artifacts === undefined) {
    const missing = databaseUrl === undefined ? "--database URL" : "--artifacts URL";
    throw new UserError(`${missing} is missing: npm run worker -- --help tells more.`, 2);
  }
  session.claim(dataFolder, { command: "worker", portal: null, api: "npm run worker" });
  await prepareEngineAndBuild(settings.engine, path.join(dataFolder, "logs"), terminal);
  const { openDatabase } = await import("./database.mjs");
  session.database = await openDatabase(settings, terminal, session.giveUp);
  const { startWorkers } = await import("./platform.mjs");
  const what = { root, settings, databaseUrl, terminal, started: session.processes };
  const { engine, engineReasons } = await session.untilStopped(startWorkers(what));
  const reasons = engineReasons.map((reason) => `\n             ${reason}`).join("");
  terminal.line(
    `\nReady in ${seconds(begun)}\n\n  Engine     ${engine}${reasons}\n  Artifacts  ${artifacts}\n  Stop       Ctrl-C\n`,
  );
  await session.stopped;
} catch (error) {
  terminal.clear();
  const since = Date.now();
  if (error instanceof Interrupted) terminal.line("Stopping …");
  await session.end();
  if (!(error instanceof Interrupted)) exitFor(error);
  terminal.line(`Stopped in ${seconds(since)}. What was begun goes on elsewhere.`);
}
process.exit(0);

/**
 * Returns the environment with what the arguments say; ends the process after help.
 *
 * @param {string[]} args
 * @returns {NodeJS.ProcessEnv}
 * @throws {UserError} for an argument that there is not
 */
function environment(args) {
  const text = /** @type {const} */ ({ type: "string" });
  const options = {
    database: text,
    artifacts: text,
    help: /** @type {const} */ ({ type: "boolean" }),
  };
  let values;
  try {
    ({ values } = parseArgs({ args, options }));
  } catch (error) {
    throw new UserError(`${String(error instanceof Error ? error.message : error)}\n\n${help}`, 2);
  }
  if (values.help === true) {
    console.log(help);
    process.exit(0);
  }
  const { database, artifacts } = values;
  return {
    ...process.env,
    ...(database === undefined ? {} : { DATABASE_URL: database }),
    ...(artifacts === undefined ? {} : { OPNAS_ARTIFACTS: artifacts }),
  };
}
