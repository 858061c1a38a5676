import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { signalGroup } from "./command.mjs";
import { openLog } from "./logFile.mjs";
import { UserError } from "./userError.mjs";

/** An exit within this time after the start counts as quick. */
const quickMs = 20_000;
/** The number of quick exits in a row after which the process is given up. */
const quickExits = 5;
/** Milliseconds before a restart: they double from the first to the longest. */
const firstPause = 500;
const longestPause = 30_000;
/** Milliseconds that a process has to become ready, and to stop when asked to. */
const readyMs = 120_000;
const stopMs = 6_000;

/**
 * The options of a supervised process.
 *
 * @typedef {object} ProcessOptions
 * @property {string} name for messages, e.g. "worker"
 * @property {string[]} args of this very Node
 * @property {string} cwd
 * @property {NodeJS.ProcessEnv} env
 * @property {string} log
 * @property {(line: string) => void} say
 * @property {(error: UserError) => void} onGivenUp
 */

/**
 * Keeps one process of the platform running. Its output goes to its log, its standard error also to
 * the terminal. Whenever it ends by itself it is started again, after growing pauses.
 *
 * The child leads a process group of its own, so the terminal's Ctrl-C reaches only the launcher;
 * the end of the IPC channel tells it that the launcher died.
 */
export class Supervised {
  #options;
  #log;
  /** @type {string[]} */
  #lastLines = [];
  /** @type {import("node:child_process").ChildProcess | undefined} */
  #child;
  #ended = Promise.resolve();
  /** @type {NodeJS.Timeout | undefined} */
  #restart;
  #isStopping = false;
  #quickInARow = 0;
  /** @type {(message: Record<string, unknown>) => void} */
  #becomeReady = () => undefined;
  /** @type {(error: UserError) => void} */
  #neverReady = () => undefined;
  /** Resolves with the child's first "ready" message. @type {Promise<Record<string, unknown>>} */
  ready = new Promise((resolve, reject) => {
    this.#becomeReady = resolve;
    this.#neverReady = reject;
  });

  /** @param {ProcessOptions} options */
  constructor(options) {
    this.#options = options;
    this.#log = openLog(options.log);
    this.ready.catch(() => undefined); // onGivenUp reports it too
    this.#begin();
  }

  /**
   * Ends the process for good: SIGTERM first, then SIGKILL to it and all it started when that takes
   * too long; with `hard` SIGKILL at once, also after an earlier call without.
   */
  async stop(hard = false) {
    this.#isStopping = true;
    clearTimeout(this.#restart);
    const child = this.#child;
    if (child === undefined) return;
    if (hard) signalGroup(child, "SIGKILL");
    else if (isRunning(child)) child.kill("SIGTERM");
    const late = setTimeout(() => {
      this.#keep(`--- did not stop within ${stopMs / 1000} s and was killed`);
      signalGroup(child, "SIGKILL");
    }, stopMs);
    await this.#ended;
    clearTimeout(late);
    this.#log.close();
  }

  #begin() {
    const { name, args, cwd, env, say } = this.#options;
    const startedAt = Date.now();
    const child = spawn(process.execPath, args, {
      cwd,
      env,
      detached: true,
      stdio: ["ignore", "pipe", "pipe", "ipc"],
    });
    this.#child = child;
    this.#keep(`--- ${name} starts, process ${child.pid}, ${new Date().toISOString()}`);
    eachLine(child.stdout, (line) => this.#keep(line));
    eachLine(child.stderr, (line) => {
      this.#keep(line);
      if (line.trim() !== "") say(`${name}: ${line}`);
    });
    const late = setTimeout(() => {
      this.#giveUp(`was not ready within ${readyMs / 1000} s`);
      signalGroup(child, "SIGKILL");
    }, readyMs);
    child.on("message", (message) => {
      if (!isReady(message)) return;
      clearTimeout(late);
      this.#becomeReady(message);
    });
    child.once("error", (error) => this.#keep(String(error)));
    this.#ended = new Promise((resolve) => {
      child.once("exit", (code, signal) => {
        clearTimeout(late);
        signalGroup(child, "SIGKILL"); // whatever it started and left behind
        const how = signal ?? `exit code ${code}`;
        this.#keep(`--- ${name} ended: ${how}, ${new Date().toISOString()}`);
        if (!this.#isStopping) this.#again(how, Date.now() - startedAt < quickMs);
        resolve();
      });
    });
  }

  /** @param {string} how @param {boolean} wasQuick */
  #again(how, wasQuick) {
    const { name, say } = this.#options;
    this.#quickInARow = wasQuick ? this.#quickInARow + 1 : 0;
    if (this.#quickInARow >= quickExits) {
      // Its last output may still be on its way through the pipe.
      setTimeout(() => this.#giveUp(`ended ${quickExits} times in a row (${how})`), 100);
      return;
    }
    const pause = Math.min(firstPause * 2 ** Math.max(this.#quickInARow - 1, 0), longestPause);
    say(`${name} ended (${how}); starting it again in ${pause / 1000} s`);
    this.#restart = setTimeout(() => this.#begin(), pause);
  }

  /** @param {string} why */
  #giveUp(why) {
    this.#isStopping = true;
    const { name, log, onGivenUp } = this.#options;
    const tail = this.#lastLines
      .filter((line) => !line.startsWith("---"))
      .map((line) => `\n    ${line}`);
    const error = new UserError(
      `The ${name} ${why}, so everything was stopped. Its log: ${log}, at its end:${tail.join("")}`,
    );
    this.#neverReady(error);
    onGivenUp(error);
  }

  /** @param {string} line */
  #keep(line) {
    this.#log.write(line);
    this.#lastLines.push(line);
    if (this.#lastLines.length > 12) this.#lastLines.shift();
  }
}

/**
 * @param {import("node:stream").Readable | null} stream
 * @param {(line: string) => void} act
 */
function eachLine(stream, act) {
  if (stream !== null) createInterface(stream).on("line", act);
}

/** @param {import("node:child_process").ChildProcess} child */
function isRunning(child) {
  return child.exitCode === null && child.signalCode === null;
}

/**
 * @param {unknown} message
 * @returns {message is Record<string, unknown>}
 */
function isReady(message) {
  return (
    typeof message === "object" && message !== null && "type" in message && message.type === "ready"
  );
}
