import path from "node:path";
import { Supervised } from "./supervise.mjs";

/**
 * Engine that workers train on, and why there is no better one.
 *
 * @typedef {object} Engine
 * @property {string} engine
 * @property {string[]} engineReasons
 *
 * @typedef {Engine & { api: string, portal: string | undefined }} Platform addresses of GraphQL and portal
 *
 * @typedef {object} Parts
 * @property {string} root
 * @property {import("./settings.mjs").Settings} settings
 * @property {string} databaseUrl
 * @property {import("./terminal.mjs").Terminal} terminal
 * @property {import("./supervise.mjs").Supervised[]} started gets each process at once, so that a stop finds it
 */

/**
 * Starts server, workers and, where wanted, the portal side by side and waits until each is ready.
 *
 * @param {Parts & { portal: boolean }} parts
 * @returns {Promise<Platform>}
 */
export async function startPlatform({ portal, ...parts }) {
  const { settings } = parts;
  const [workers] = await Promise.all([
    startWorkers(parts),
    run(parts, "server", "server/dist/main.js"),
    portal ? run(parts, "portal", "start/webServer.mjs") : undefined,
  ]);
  return {
    ...workers,
    api: `http://127.0.0.1:${settings.apiPort}/graphql`,
    portal: portal ? `http://localhost:${settings.webPort}${settings.basePath}` : undefined,
  };
}

/**
 * Starts the workers of this machine and waits until each is ready.
 *
 * @param {Parts} parts
 * @returns {Promise<Engine>}
 */
export async function startWorkers(parts) {
  const { workers } = parts.settings;
  const messages = await Promise.all(
    Array.from({ length: workers }, (_, index) =>
      run(parts, workers === 1 ? "worker" : `worker ${index + 1}`, "worker/dist/main.js"),
    ),
  );
  const { engine = "unknown", reasons } = messages[0] ?? {};
  return {
    engine: String(engine),
    engineReasons: Array.isArray(reasons) ? reasons.map(String) : [],
  };
}

/**
 * Starts a process and waits until it is ready.
 *
 * @param {Parts} parts
 * @param {string} name
 * @param {string} file its program
 * @returns {Promise<Record<string, unknown>>} its message, which of a worker names the engine
 */
function run({ root, settings, databaseUrl, terminal, started }, name, file) {
  const child = new Supervised({
    name,
    args: [path.join(root, file)],
    cwd: root,
    env: {
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
      // An empty one counts as unset.
      OPNAS_ARTIFACTS: settings.artifacts ?? "",
    },
    log: path.join(settings.dataFolder, "logs", `${name.replace(" ", "-")}.log`),
    say: (line) => terminal.line(line),
  });
  started.push(child);
  const title = name.replace(/^./, (letter) => letter.toUpperCase());
  return terminal.step(title, async (progress) => {
    progress("waiting until it is ready");
    const message = await child.ready;
    if (message.engine !== undefined) progress(`= ${String(message.engine)}`);
    return message;
  });
}
