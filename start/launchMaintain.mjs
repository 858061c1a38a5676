// The second part of npm run clean, backup and restore, on the pinned Node: builds, finds the database
// of the platform that runs on this data folder or starts it for as long as the work takes, and runs
// the worker's program for it.
import { spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { build } from "./build.mjs";
import { root } from "./launcher.mjs";
import { alreadyRunning, findRunning } from "./running.mjs";
import { Session } from "./session.mjs";
import { readSettings } from "./settings.mjs";
import { createTerminal } from "./terminal.mjs";
import { UserError, exitFor } from "./userError.mjs";

/** The programs, and whether the platform may run meanwhile. */
const programs = /** @type {const} */ ({
  clean: { file: "worker/dist/cleaning/main.js", words: [], besidePlatform: true },
  backup: { file: "worker/dist/backup/main.js", words: ["backup"], besidePlatform: true },
  restore: { file: "worker/dist/backup/main.js", words: ["restore"], besidePlatform: false },
});

const terminal = createTerminal(process.stderr, { quiet: true });
process.stdout.on("error", () => undefined); // its reader may go; the work is still to be ended in order
const session = new Session();

try {
  const [name = "", ...args] = process.argv.slice(2);
  const program = Object.entries(programs).find(([known]) => known === name)?.[1];
  if (program === undefined) {
    throw new UserError(`${name} is not one of ${Object.keys(programs).join(", ")}.`, 2);
  }
  const settings = readSettings(process.env, root);
  await build(root, path.join(settings.dataFolder, "logs"), terminal);
  const isHelp = args.includes("--help");
  const databaseUrl = isHelp
    ? "postgresql://none/none"
    : await openDatabase(settings, name, program.besidePlatform);
  process.exitCode = await session.untilStopped(
    run(program.file, [...program.words, ...args], settings, databaseUrl),
  );
} catch (error) {
  terminal.clear();
  await session.end();
  exitFor(error);
}
await session.end();
process.exit();

/**
 * @param {import("./settings.mjs").Settings} settings
 * @param {string} name the command's
 * @param {boolean} besidePlatform
 * @returns {Promise<string>} the address of the database
 */
async function openDatabase(settings, name, besidePlatform) {
  const { dataFolder } = settings;
  const running = findRunning(dataFolder);
  if (running !== undefined && (!besidePlatform || running.command === "maintenance")) {
    throw alreadyRunning(dataFolder, running);
  }
  if (running !== undefined && settings.databaseUrl === undefined) {
    const { runningPostgresUrl } = await import("@opnas/prisma/embedded");
    const url = await runningPostgresUrl(path.join(dataFolder, "postgres"));
    if (url !== undefined) return url;
    throw new UserError("The platform's database does not run at the moment; try again.");
  }
  if (running === undefined) {
    session.claim(dataFolder, { command: "maintenance", portal: null, api: `npm run ${name}` });
  }
  const { openDatabase: open } = await import("./database.mjs");
  session.database = await open(settings, terminal, session.giveUp);
  return session.database.url;
}

/**
 * Runs a program to its end, or until this process is asked to stop.
 *
 * @param {string} file
 * @param {string[]} args
 * @param {import("./settings.mjs").Settings} settings
 * @param {string} databaseUrl
 * @returns {Promise<number>} its exit code
 */
async function run(file, args, settings, databaseUrl) {
  const child = spawn(process.execPath, [path.join(root, file), ...args], {
    cwd: process.env.INIT_CWD ?? process.cwd(),
    stdio: "inherit",
    env: {
      ...process.env,
      DATABASE_URL: databaseUrl,
      OPNAS_DATA_DIR: settings.dataFolder,
      OPNAS_TEXT_DIR: settings.textFolder,
      // As workers, whose working folder is the repository, find it. An empty one counts as unset.
      OPNAS_ARTIFACTS: settings.artifacts ?? "",
    },
  });
  session.stopped.catch(() => child.kill("SIGTERM"));
  const [code] = await once(child, "exit");
  return typeof code === "number" ? code : 1;
}
