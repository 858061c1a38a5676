import { spawn } from "node:child_process";
import { readFileSync, realpathSync } from "node:fs";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { checkMachine } from "./checks.mjs";
import { interruptCommands } from "./command.mjs";
import { install, isInstalled, pinnedNode } from "./install.mjs";
import { exitFor } from "./userError.mjs";
import { alreadyRunning, findRunning } from "./running.mjs";
import { watchParent } from "./watchParent.mjs";
import { createTerminal } from "./terminal.mjs";

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

/**
 * Runs on whatever Node the machine has, with no package installed: checks the machine, installs,
 * and continues in `program` (a file in this folder) on the pinned Node.
 *
 * @param {string} program
 * @param {{ needs: "ports" | "folder" | "nothing", quiet?: boolean }} options ports: the platform is
 *   to be started, and must not run yet; folder: a running one will be used; nothing: neither
 */
export async function bootstrap(program, { needs, quiet = false }) {
  const stopCommands = () => interruptCommands();
  process.on("SIGINT", stopCommands).on("SIGTERM", stopCommands);
  try {
    const raw = rawSettings(process.env);
    const running = findRunning(raw.dataFolder);
    if (needs === "ports" && running !== undefined) throw alreadyRunning(raw.dataFolder, running);
    const isOwnData = needs !== "nothing";
    const noPorts = { apiPort: undefined, webPort: undefined };
    if (isOwnData) await checkMachine(root, needs === "ports" ? raw : { ...raw, ...noPorts });
    if (!isInstalled(root)) {
      const terminal = createTerminal(quiet ? process.stderr : process.stdout, { quiet });
      const log = path.join(
        isOwnData ? raw.dataFolder : path.join(root, ".data"),
        "logs",
        "install.log",
      );
      await terminal.step("Install packages", (progress) => install(root, log, progress));
    }
  } catch (error) {
    exitFor(error);
  } finally {
    process.off("SIGINT", stopCommands).off("SIGTERM", stopCommands);
  }
  await continueIn(path.join(root, "start", program));
}

/**
 * Reads the few settings that are needed before zod is there to check them; a value that is not
 * plainly right is left to that check.
 *
 * @param {NodeJS.ProcessEnv} env
 */
function rawSettings(env) {
  /** @param {string | undefined} text @param {number} otherwise */
  const port = (text, otherwise) => {
    if (text === undefined || text === "") return otherwise;
    return /^\d+$/.test(text) && Number(text) > 0 && Number(text) < 65_536
      ? Number(text)
      : undefined;
  };
  return {
    apiPort: port(env.OPNAS_API_PORT, 4000),
    webPort: port(env.OPNAS_WEB_PORT, 3000),
    dataFolder: path.resolve(root, env.OPNAS_DATA_DIR || ".data"),
    databaseUrl: env.DATABASE_URL || undefined,
  };
}

/**
 * Runs `program` on the pinned Node: in this process when this is that Node, else in a child process
 * with whose exit code this one ends.
 *
 * @param {string} program
 */
async function continueIn(program) {
  const node = pinnedNode(root);
  if (realpathSync(node) === realpathSync(process.execPath) || isPinnedVersion()) {
    await import(pathToFileURL(program).href);
    return;
  }
  const child = spawn(node, [program, ...process.argv.slice(2)], {
    stdio: ["inherit", "inherit", "inherit", "ipc"],
    env: { ...process.env, LAUNCH_BEGUN: String(performance.timeOrigin) },
  });
  for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"])) {
    process.on(signal, () => child.kill(signal));
  }
  if (process.env.npm_lifecycle_event !== undefined) watchParent(() => child.kill("SIGTERM"));
  child.once("exit", (code, signal) => process.exit(signal === null ? (code ?? 1) : 1));
}

function isPinnedVersion() {
  const manifest = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8"));
  return manifest.devDependencies.node === process.versions.node;
}
