// The second part of npm run search, on the pinned Node: reads what is asked for, uses the platform
// that runs on this data folder or starts one without portal, follows the search, stops what it started.
import path from "node:path";
import { build, prepareEngine } from "./build.mjs";
import { root, startServices } from "./launcher.mjs";
import { alreadyRunning, findRunning } from "./running.mjs";
import { Session } from "./session.mjs";
import { readSettings } from "./settings.mjs";
import { createTerminal } from "./terminal.mjs";
import { Interrupted, exitFor } from "./userError.mjs";

const terminal = createTerminal(process.stderr, { quiet: true });
const session = new Session();
// Whoever reads the record may have enough of it: what was started is still to be stopped in order.
process.stdout.on("error", () => undefined);

try {
  const settings = readSettings(process.env, root);
  const logs = path.join(settings.dataFolder, "logs");
  await build(root, logs, terminal);
  const cli = await import("@opnas/cli");
  const request = await cli.parseSearch(process.argv);
  if (typeof request === "number") process.exit(request);
  const running = findRunning(settings.dataFolder);
  const hasNoApi = running?.command === "maintenance" || running?.command === "worker";
  if (request.api === undefined && hasNoApi) throw alreadyRunning(settings.dataFolder, running);
  const api = request.api ?? running?.api ?? (await startOwn(settings, logs));
  const interruption = new AbortController();
  session.stopped.catch((reason) => interruption.abort(reason));
  const work = cli.runSearch(new cli.Api(api), request.options, interruption.signal);
  process.exitCode = await work;
  const isBroken =
    interruption.signal.aborted && !(interruption.signal.reason instanceof Interrupted);
  if (isBroken) throw interruption.signal.reason;
} catch (error) {
  terminal.clear();
  await session.end();
  const isCliError = error instanceof Error && error.name === "CliError" && "exitCode" in error;
  if (!isCliError) exitFor(error);
  process.stderr.write(`✗ ${error.message}\n`);
  process.exitCode = Number(error.exitCode);
}
await session.end();
process.exit();

/**
 * Database, server and workers for this search alone, on a free port.
 *
 * @param {import("./settings.mjs").Settings} settings
 * @param {string} logs
 * @returns {Promise<string>} the API's address
 */
async function startOwn(settings, logs) {
  const { freePort } = await import("@opnas/prisma/embedded");
  const apiPort = await freePort();
  const api = `http://127.0.0.1:${apiPort}/graphql`;
  session.claim(settings.dataFolder, { command: "search", portal: null, api });
  await prepareEngine(root, settings.engine, logs, terminal);
  const services = { ...settings, apiPort };
  const platform = await startServices(session, services, terminal, { portal: false });
  terminal.line(`Engine: ${platform.engine}`);
  return platform.api;
}
