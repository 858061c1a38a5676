import { existsSync, readdirSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";
import { runCommand } from "./command.mjs";
import { UserError } from "./userError.mjs";

const programs = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];
const applications = [
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
];

/**
 * Finds a Chromium for the browser tests: CHROMIUM_PATH, one in the usual places, or Debian's
 * package, which root gets installed.
 *
 * @param {NodeJS.ProcessEnv} env
 * @param {string} log
 * @param {(text: string) => void} progress
 * @returns {Promise<string>} its path
 * @throws {UserError} when there is none: no test is skipped silently
 */
export async function findBrowser(env, log, progress) {
  const given = env.CHROMIUM_PATH;
  if (given !== undefined && given !== "") {
    if (existsSync(given)) return given;
    throw new UserError(
      `CHROMIUM_PATH is ${given}, and there is no such file: set it to a Chromium or Chrome.`,
    );
  }
  return installedBrowser(env) ?? (await installBrowser(env, log, progress));
}

/** @param {NodeJS.ProcessEnv} env */
function installedBrowser(env) {
  const folders = [
    ...(env.PATH ?? "").split(path.delimiter),
    "/usr/bin",
    "/usr/local/bin",
    "/snap/bin",
  ];
  const places = folders.flatMap((folder) => programs.map((name) => path.join(folder, name)));
  return [...places, ...applications, ...playwrightsOwn()].find((file) => existsSync(file));
}

/** Lists the browsers that Playwright once downloaded, newest first. */
function playwrightsOwn() {
  const cache = path.join(homedir(), ".cache", "ms-playwright");
  if (!existsSync(cache)) return [];
  const folders = readdirSync(cache).filter((name) => /^chromium-\d+$/.test(name));
  const newest = folders.sort((a, b) => Number(b.slice(9)) - Number(a.slice(9)));
  return newest.map((name) => path.join(cache, name, "chrome-linux", "chrome"));
}

/**
 * @param {NodeJS.ProcessEnv} env
 * @param {string} log
 * @param {(text: string) => void} progress
 */
async function installBrowser(env, log, progress) {
  const apt = "/usr/bin/apt-get";
  const missing =
    "No Chromium was found, which the browser tests need: install it (Debian, Ubuntu: apt-get install chromium), or set CHROMIUM_PATH to a Chromium or Chrome.";
  if (process.getuid?.() !== 0 || !existsSync(apt)) throw new UserError(missing);
  const options = { log, cwd: "/", env: { ...env, DEBIAN_FRONTEND: "noninteractive" } };
  const onLine = (/** @type {string} */ line) => progress(line.slice(0, 60));
  progress("apt-get update");
  await runCommand("apt-get update", apt, ["update"], { ...options, onLine });
  const install = ["install", "--yes", "--no-install-recommends", "chromium"];
  const { code } = await runCommand("apt-get install", apt, install, { ...options, onLine });
  const installed = installedBrowser(env);
  if (code !== 0 || installed === undefined)
    throw new UserError(`apt-get could not install chromium (see ${log}). ${missing}`);
  progress("= Debian's chromium was installed");
  return installed;
}
