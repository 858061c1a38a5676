import { createHash } from "node:crypto";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { runCommand } from "./command.mjs";
import { UserError } from "./userError.mjs";

/** Returns the path of the Node that package.json pins. @param {string} root */
export const pinnedNode = (root) =>
  path.join(
    root,
    "node_modules",
    "node",
    "bin",
    process.platform === "win32" ? "node.exe" : "node",
  );

/** @param {string} root */
const stampFile = (root) => path.join(root, "node_modules", ".opnas-install");

/** @param {string} root */
function lockHash(root) {
  const lock = readFileSync(path.join(root, "package-lock.json"));
  return createHash("sha256")
    .update(lock)
    .update(`${process.platform}-${process.arch}`)
    .digest("hex");
}

/**
 * Reports whether node_modules is what package-lock.json asks for: as recorded after an install, or,
 * after a person's own `npm ci`, as seen in npm's own list of what it installed.
 *
 * @param {string} root
 */
export function isInstalled(root) {
  if (!existsSync(pinnedNode(root))) return false;
  try {
    if (readFileSync(stampFile(root), "utf8") === lockHash(root)) return true;
  } catch {
    // not installed by us: npm's list decides
  }
  if (!matchesNpmsList(root)) return false;
  writeFileSync(stampFile(root), lockHash(root));
  return true;
}

/** @typedef {{ version?: string, integrity?: string, optional?: boolean, link?: boolean }} Entry */

/** @param {string} root */
function matchesNpmsList(root) {
  const wanted = readPackages(path.join(root, "package-lock.json"));
  const present = readPackages(path.join(root, "node_modules", ".package-lock.json"));
  if (wanted === undefined || present === undefined) return false;
  return Object.entries(wanted).every(([place, entry]) => {
    if (!place.includes("node_modules/")) return true;
    const found = present[place];
    if (found === undefined) return entry.optional === true;
    return found.version === entry.version && found.integrity === entry.integrity;
  });
}

/**
 * @param {string} file
 * @returns {Record<string, Entry> | undefined}
 */
function readPackages(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8")).packages;
  } catch {
    return undefined;
  }
}

/**
 * Installs exactly what package-lock.json says, including the pinned Node.
 *
 * @param {string} root
 * @param {string} log
 * @param {(text: string) => void} progress
 */
export async function install(root, log, progress) {
  rmSync(stampFile(root), { force: true });
  progress("npm ci");
  await npm(root, log, ["ci", "--no-audit", "--no-fund"]);
  if (!existsSync(pinnedNode(root))) {
    // npm was told not to run install scripts; this one package is nothing without its own.
    progress("the pinned Node");
    await npm(root, log, ["rebuild", "node", "--ignore-scripts=false"]);
  }
  if (!existsSync(pinnedNode(root))) {
    throw new UserError(`npm did not install the pinned Node (package "node"): see ${log}.`);
  }
  writeFileSync(stampFile(root), lockHash(root));
}

/**
 * @param {string} root
 * @param {string} log
 * @param {string[]} args
 */
async function npm(root, log, args) {
  const what = `npm ${args[0] ?? ""}`;
  const { code, lines } = await runCommand(what, "npm", args, {
    log,
    cwd: root,
    env: npmEnvironment(root),
  });
  if (code === 0) return;
  const output = lines.join("\n");
  if (/ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ECONNRESET|network/.test(output)) {
    throw new UserError(
      `${what} could not reach the npm registry: check the network and start again (${log}).`,
    );
  }
  const telling = lines.filter((line) =>
    /^npm error (?!code|errno|syscall|path|A complete log)\S/.test(line),
  );
  throw new UserError(
    `${what} failed: ${telling[0]?.slice(10) ?? `exit code ${code}`} (all of it in ${log}).`,
  );
}

/**
 * Returns the environment for a nested npm: without the variables of a surrounding `npm start`, and
 * without this repository's programs on the path, since `npm ci` begins by deleting them.
 *
 * @param {string} root
 */
export function npmEnvironment(root) {
  const fromNpm =
    /^npm_(package_|lifecycle_|node_execpath|execpath|config_(local_prefix|prefix|global|noproxy)$)/;
  /** @type {NodeJS.ProcessEnv} */
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !fromNpm.test(name)),
  );
  const own = path.join(root, "node_modules");
  const folders = (process.env.PATH ?? "").split(path.delimiter);
  env.PATH = folders.filter((folder) => !folder.startsWith(own)).join(path.delimiter);
  delete env.NODE_ENV; // "production" would leave out what the build needs
  // Prisma's engine is not used, so its install script need not fetch one (npm < 11 runs it).
  env.PRISMA_SCHEMA_ENGINE_BINARY = process.execPath;
  return env;
}
