import { existsSync, mkdirSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { createConnection, createServer } from "node:net";
import path from "node:path";
import { UserError } from "./userError.mjs";

const gigabyte = 1e9;
/** The space that the first install takes: node_modules 1.8 GB, npm's cache and the build 1 GB (measured). The engine's installer checks its own. */
const firstInstallBytes = 3 * gigabyte;
/** The space for a fresh database, logs and some checkpoints. */
const dataBytes = 0.3 * gigabyte;

/**
 * Checks what would stop the start anyway (ports, folder, space, database) before the long steps.
 * Imports no npm package: nothing is installed yet.
 *
 * @param {string} root the repository
 * @param {{ apiPort: number | undefined, webPort: number | undefined, dataFolder: string, databaseUrl: string | undefined }} raw
 * @throws {UserError}
 */
export async function checkMachine(root, raw) {
  await checkPorts(raw);
  checkDataFolder(raw.dataFolder);
  const isInstalled = existsSync(path.join(root, "node_modules", ".package-lock.json"));
  if (!isInstalled) checkSpace(root, firstInstallBytes, "the first install");
  checkSpace(raw.dataFolder, dataBytes, "the data folder");
  if (raw.databaseUrl !== undefined) await checkDatabase(raw.databaseUrl);
}

/**
 * Checks that both ports are free.
 *
 * @param {{ apiPort: number | undefined, webPort: number | undefined }} ports
 * @throws {UserError} naming the setting and a free port
 */
export async function checkPorts({ apiPort, webPort }) {
  await checkPort(apiPort, "the GraphQL API", "OPNAS_API_PORT");
  await checkPort(webPort, "the portal", "OPNAS_WEB_PORT");
}

/**
 * @param {number | undefined} port
 * @param {string} what
 * @param {string} setting
 */
async function checkPort(port, what, setting) {
  if (port === undefined || (await isFree(port))) return;
  let free = port + 1;
  while (free < 65_535 && !(await isFree(free))) free += 1;
  throw new UserError(
    `Port ${port} for ${what} is taken by another program: stop that one, or choose another port: ${setting}=${free} npm start`,
  );
}

/**
 * @param {number} port
 * @returns {Promise<boolean>}
 */
async function isFree(port) {
  if (await answers("127.0.0.1", port, 300)) return false;
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once("error", (error) => resolve(!("code" in error && error.code === "EADDRINUSE")));
    probe.listen({ port, host: "127.0.0.1", exclusive: true }, () =>
      probe.close(() => resolve(true)),
    );
  });
}

/** @param {string} folder */
function checkDataFolder(folder) {
  const probe = path.join(folder, `.writable-${process.pid}`);
  try {
    makeFolder(folder);
    writeFileSync(probe, "");
    rmSync(probe);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : String(error);
    if (code === "ENOSPC") {
      throw new UserError(
        `The disk of ${folder} is full: free some space, or set OPNAS_DATA_DIR to a folder elsewhere.`,
      );
    }
    throw new UserError(
      `The data folder ${folder} cannot be written (${reason(code)}): make it writable, or set OPNAS_DATA_DIR to another folder.`,
    );
  }
}

/**
 * One folder after the other: mkdir's own `recursive` never returns below /proc (Node 22).
 *
 * @param {string} folder
 */
function makeFolder(folder) {
  if (existsSync(folder)) return;
  makeFolder(path.dirname(folder));
  mkdirSync(folder);
}

/** @param {string} code */
function reason(code) {
  switch (code) {
    case "EACCES":
    case "EPERM":
      return "permission denied";
    case "ENOENT":
      return "no folder can be made there";
    case "EROFS":
      return "the file system is read-only";
    case "ENOTDIR":
    case "EEXIST":
      return "a file is in its way";
    default:
      return code;
  }
}

/**
 * @param {string} folder
 * @param {number} bytes
 * @param {string} what
 */
function checkSpace(folder, bytes, what) {
  const { bavail, bsize } = statfsSync(folder);
  if (bavail * bsize >= bytes) return;
  throw new UserError(
    `Too little free space for ${what}: ${gigabytes(bavail * bsize)} GB in ${folder}, ${gigabytes(bytes)} GB are needed. Free some space and start again.`,
  );
}

/** @param {number} bytes */
function gigabytes(bytes) {
  return (bytes / gigabyte).toFixed(1);
}

/** @param {string} databaseUrl */
async function checkDatabase(databaseUrl) {
  if (!/^postgres(ql)?:/.test(databaseUrl) || !URL.canParse(databaseUrl)) return; // left to the settings' check
  const { hostname, port, host } = new URL(databaseUrl);
  if (
    hostname === "" ||
    (await answers(hostname.replace(/^\[|\]$/g, ""), Number(port || 5432), 5_000))
  )
    return;
  throw new UserError(
    `No Postgres answers at ${host} (DATABASE_URL): start it, correct DATABASE_URL, or unset it to use the built-in one.`,
  );
}

/**
 * @param {string} host
 * @param {number} port
 * @param {number} timeout milliseconds
 * @returns {Promise<boolean>}
 */
function answers(host, port, timeout) {
  return new Promise((resolve) => {
    const socket = createConnection({ host, port });
    /** @param {boolean} result */
    const end = (result) => {
      socket.destroy();
      resolve(result);
    };
    socket.setTimeout(timeout, () => end(false));
    socket.once("connect", () => end(true)).once("error", () => end(false));
  });
}
