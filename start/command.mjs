import { spawn } from "node:child_process";
import { createWriteStream, mkdirSync } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";
import { Interrupted, UserError, diskFullError } from "./userError.mjs";

/** @type {Set<import("node:child_process").ChildProcess>} */
const running = new Set();

/**
 * Runs a command to its end, writes its output to `log` and calls `onLine` with each line.
 *
 * @param {string} what for messages, e.g. "npm ci"
 * @param {string} command
 * @param {string[]} args
 * @param {{ log: string, cwd: string, env?: NodeJS.ProcessEnv, onLine?: (line: string) => void }} options
 * @returns {Promise<{ code: number, lines: string[] }>} the exit code and the last 400 lines
 * @throws {UserError} when the disk is full or the program is not there
 * @throws {Interrupted} after `interruptCommands`
 */
export async function runCommand(what, command, args, { log, cwd, env, onLine }) {
  mkdirSync(path.dirname(log), { recursive: true });
  const file = createWriteStream(log);
  file.on("error", () => undefined); // a full disk shows in the command's own output and exit code
  /** @type {string[]} */
  const lines = [];
  const child = spawn(command, args, {
    cwd,
    env,
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  running.add(child);
  const isOver = new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => resolve(signal === null ? code : 128));
  });
  for (const stream of [child.stdout, child.stderr]) {
    createInterface(stream).on("line", (line) => {
      file.write(`${line}\n`);
      lines.push(line);
      if (lines.length > 400) lines.shift();
      onLine?.(line);
    });
  }
  try {
    const code = await isOver;
    if (interrupted) throw new Interrupted();
    if (code !== 0) {
      const full = diskFullError(what, lines.join("\n"));
      if (full !== undefined) throw full;
    }
    return { code, lines };
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") {
      throw new UserError(`${what} cannot run: the program ${command} was not found.`);
    }
    throw error;
  } finally {
    running.delete(child);
    file.end();
  }
}

let interrupted = false;

/** Ends every running command with all that it started; `runCommand` then throws `Interrupted`. */
export function interruptCommands() {
  interrupted = true;
  for (const child of running) signalGroup(child, "SIGTERM");
  setTimeout(() => {
    for (const child of running) signalGroup(child, "SIGKILL");
  }, 3_000).unref();
}

/**
 * Signals a child that leads its own process group, and all that it started.
 *
 * @param {import("node:child_process").ChildProcess} child
 * @param {NodeJS.Signals} signal
 */
export function signalGroup(child, signal) {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
  }
}
