// The second part of npm start, on the pinned Node with every package there: engine and build,
// database, processes, addresses; then it waits until it is asked to stop.
import { readFileSync } from "node:fs";
import path from "node:path";
import { checkPorts } from "./checks.mjs";
import { begun, prepareEngineAndBuild, root, startServices } from "./launcher.mjs";
import { Session } from "./session.mjs";
import { readSettings } from "./settings.mjs";
import { createTerminal, seconds } from "./terminal.mjs";
import { Interrupted, exitFor } from "./userError.mjs";

const terminal = createTerminal(process.stdout);
const session = new Session();

try {
  const settings = readSettings(process.env, root);
  await start(settings);
  await session.stopped;
} catch (error) {
  terminal.clear();
  if (!(error instanceof Interrupted)) {
    await session.end();
    exitFor(error);
  }
  terminal.line("Stopping …");
  const since = Date.now();
  await session.end();
  terminal.line(
    `Stopped in ${seconds(since)}. The data is kept; the next npm start goes on from here.`,
  );
  process.exit(0);
}

/** @param {import("./settings.mjs").Settings} settings */
async function start(settings) {
  const { apiPort, webPort, dataFolder, basePath } = settings;
  const logs = path.join(dataFolder, "logs");
  const portal = `http://localhost:${webPort}${basePath}`;
  const api = `http://127.0.0.1:${apiPort}/graphql`;
  session.claim(dataFolder, { command: "start", portal, api });

  await prepareEngineAndBuild(settings.engine, logs, terminal);
  await checkPorts(settings);
  const platform = await startServices(session, settings, terminal, { portal: true });
  showAddresses(settings, platform, session.database?.folder);
  if (settings.firstRun !== "off") await firstRun(api, portal, settings);
}

/**
 * @param {import("./settings.mjs").Settings} settings
 * @param {import("./platform.mjs").Platform} platform
 * @param {string | undefined} databaseFolder
 */
function showAddresses(settings, platform, databaseFolder) {
  const { dataFolder } = settings;
  const isElsewhere = databaseFolder !== undefined && !databaseFolder.startsWith(dataFolder);
  const rows = [
    ["Portal", `${platform.portal ?? ""}${tokenPart(settings)}`],
    ["GraphQL", platform.api],
    ["Engine", platform.engine],
    ...platform.engineReasons.map((reason) => ["", reason]),
    ["Data", isElsewhere ? `${dataFolder}, database in ${databaseFolder}` : dataFolder],
    ["Logs", path.join(dataFolder, "logs")],
    ["Stop", "Ctrl-C (the data is kept)"],
  ];
  const text = rows.map(([name = "", value = ""]) => `  ${name.padEnd(9)}${value}`).join("\n");
  terminal.line(`\nReady in ${seconds(begun)}\n\n${text}\n`);
}

/**
 * Returns what the portal's address needs for a browser to be known, where every caller must show the
 * token of this machine.
 *
 * @param {import("./settings.mjs").Settings} settings
 */
function tokenPart({ localToken, dataFolder }) {
  return localToken === "required" ? `/sign-in#token=${readToken(dataFolder)}` : "";
}

/**
 * Reads the token that the API has written into the data folder.
 *
 * @param {string} dataFolder
 */
function readToken(dataFolder) {
  return readFileSync(path.join(dataFolder, "api-token"), "utf8").trim();
}

/**
 * @param {string} api
 * @param {string} portal
 * @param {import("./settings.mjs").Settings} settings
 */
async function firstRun(api, portal, { firstRun: preset, dataFolder }) {
  const { startFirstRun } = await import("./firstRun.mjs");
  try {
    const id = await startFirstRun(api, preset, readToken(dataFolder));
    if (id !== undefined)
      terminal.line(`A first search (preset ${preset}) was started: ${portal}/runs/${id}`);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    terminal.line(`No first search was started (OPNAS_FIRST_RUN=${preset}): ${reason}`);
  }
}
