import { execFileSync } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { UserError } from "./userError.mjs";

/**
 * The process that uses a data folder, as `platform.json` in the folder names it; the launcher
 * writes the file and removes it when it ends.
 *
 * @typedef {object} Running
 * @property {number} pid
 * @property {string} bornAt tells the process from a later one with the same number
 * @property {"start" | "search" | "worker" | "maintenance"} command
 * @property {string} api the GraphQL address; of maintenance and workers alone the command, which has none
 * @property {string | null} portal
 */

/** @param {string} dataFolder */
const fileIn = (dataFolder) => path.join(dataFolder, "platform.json");

/**
 * Finds the platform that runs on this data folder; undefined when there is none, also after a crash.
 *
 * @param {string} dataFolder
 * @returns {Running | undefined}
 */
export function findRunning(dataFolder) {
  try {
    /** @type {Running} */
    const found = JSON.parse(readFileSync(fileIn(dataFolder), "utf8"));
    return found.bornAt !== "" && bornAt(found.pid) === found.bornAt ? found : undefined;
  } catch {
    return undefined; // no file, or one cut off by a crash
  }
}

/**
 * Claims a data folder for this process.
 *
 * @param {string} dataFolder
 * @param {Omit<Running, "pid" | "bornAt">} what
 * @returns {() => void} releases the claim
 * @throws {UserError} when another process that lives has claimed it
 */
export function claim(dataFolder, what) {
  const file = fileIn(dataFolder);
  const text = JSON.stringify({ pid: process.pid, bornAt: bornAt(process.pid), ...what }, null, 2);
  for (;;) {
    try {
      writeFileSync(file, text, { flag: "wx" });
      return () => rmSync(file, { force: true });
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
      const other = findRunning(dataFolder);
      if (other !== undefined) throw alreadyRunning(dataFolder, other);
      rmSync(file, { force: true });
    }
  }
}

/**
 * Builds the error for a data folder that another platform uses.
 *
 * @param {string} dataFolder
 * @param {Running} other
 */
export function alreadyRunning(dataFolder, other) {
  if (other.command === "maintenance") {
    return new UserError(
      `${other.api} works on ${dataFolder} at the moment (process ${other.pid}): wait until it is done.`,
    );
  }
  if (other.command === "worker") {
    return new UserError(
      `Workers run on ${dataFolder} (${other.api}, process ${other.pid}): stop them with Ctrl-C, or set OPNAS_DATA_DIR to another folder.`,
    );
  }
  const where =
    other.portal === null
      ? `a search, API ${other.api}`
      : `portal ${other.portal}, API ${other.api}`;
  return new UserError(
    `The platform already runs on ${dataFolder} (${where}, process ${other.pid}): use that one, stop it with Ctrl-C, or set OPNAS_DATA_DIR and other ports for a second one.`,
  );
}

/**
 * Reads when a process began, in the system's own notation; "" when there is no such process.
 *
 * @param {number} pid
 */
function bornAt(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields[0] === "Z" ? "" : (fields[19] ?? "");
  } catch {
    if (process.platform === "linux") return "";
  }
  try {
    return execFileSync("ps", ["-o", "lstart=", "-p", String(pid)], { encoding: "utf8" }).trim();
  } catch {
    return "";
  }
}
