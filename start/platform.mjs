import path from "node:path";
import { Supervised } from "./supervise.mjs";

/**
 * @typedef {object} Platform
 * @property {string} api the GraphQL address
 * @property {string | undefined} portal
 * @property {string} engine what the workers train on
 * @property {string[]} engineReasons why not a better one
 */

/**
 * Starts server, workers and, where wanted, the portal side by side and waits until each is ready.
 * Every started process is added to `started` at once, so that a stop in between finds it.
 *
 * @param {object} what
 * @param {string} what.root
 * @param {import("./settings.mjs").Settings} what.settings
 * @param {string} what.databaseUrl
 * @param {boolean} what.portal
 * @param {import("./terminal.mjs").Terminal} what.terminal
 * @param {import("./supervise.mjs").Supervised[]} what.started
 * @returns {Promise<Platform>}
 */
export async function startPlatform({ root, settings, databaseUrl, portal, terminal, started }) {
  /** @type {NodeJS.ProcessEnv} */
  const env = {
    ...process.env,
    NODE_ENV: "production",
    NEXT_TELEMETRY_DISABLED: "1",
    TF_CPP_MIN_LOG_LEVEL: process.env.TF_CPP_MIN_LOG_LEVEL ?? "2",
    DATABASE_URL: databaseUrl,
    OPNAS_API_PORT: String(settings.apiPort),
    OPNAS_WEB_PORT: String(settings.webPort),
    OPNAS_DATA_DIR: settings.dataFolder,
    OPNAS_TEXT_DIR: settings.textFolder,
    OPNAS_ENGINE: settings.engine,
  };
  /** @param {string} name @param {string} file @param {(message: Record<string, unknown>) => string} remark */
  const run = (name, file, remark) => {
    const child = new Supervised({
      name,
      args: [path.join(root, file)],
      cwd: root,
      env,
      log: path.join(settings.dataFolder, "logs", `${name.replace(" ", "-")}.log`),
      say: (line) => terminal.line(line),
    });
    started.push(child);
    const title = name.replace(/^./, (letter) => letter.toUpperCase());
    return terminal.step(title, async (progress) => {
      progress("waiting until it is ready");
      const message = await child.ready;
      const text = remark(message);
      if (text !== "") progress(`= ${text}`);
      return message;
    });
  };
  const workers = Array.from({ length: settings.workers }, (_, index) =>
    run(
      settings.workers === 1 ? "worker" : `worker ${index + 1}`,
      "worker/dist/main.js",
      (message) => String(message.engine),
    ),
  );
  const server = run("server", "server/dist/main.js", () => "");
  const web = portal ? run("portal", "start/webServer.mjs", () => "") : undefined;
  const [worker] = await Promise.all([...workers, server, web]);
  const reasons = worker?.reasons;
  return {
    api: `http://127.0.0.1:${settings.apiPort}/graphql`,
    portal: portal ? `http://localhost:${settings.webPort}${settings.basePath}` : undefined,
    engine: String(worker?.engine ?? "unknown"),
    engineReasons: Array.isArray(reasons) ? reasons.map(String) : [],
  };
}
