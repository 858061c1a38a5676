import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { signalGroup } from "./command.mjs";
import { foldRepeats, isContinuation } from "./fold.mjs";
import { openLog } from "./logFile.mjs";
import { messageOf } from "./logLine.mjs";
import { UserError } from "./userError.mjs";

/** The exit code of a process that waits for something outside, such as the database (EX_TEMPFAIL). */
const waiting = 75;
/** The longest pause before the restart of such a process, in milliseconds. */
const longestWait = 5_000;
/** The exit code of a process that no restart helps, such as for a wrong setting (EX_CONFIG). */
const cannotGoOn = 78;
/** The number of quick ends in a row after which a process that was never ready is given up. */
const quickEnds = 5;
/** Milliseconds that a process has to stop when asked to. */
const stopMs = 6_000;

/**
 * Limits of the restarts, in milliseconds.
 *
 * @typedef {object} Limits
 * @property {number} quick an end within this time after the start counts as quick
 * @property {number} firstPause before a restart; pauses double with every quick end
 * @property {number} longestPause
 * @property {number} ready time that a process has to become ready, or to say that it waits
 */

/** @type {Limits} */
const ordinary = { quick: 20_000, firstPause: 500, longestPause: 60_000, ready: 120_000 };

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
 * @property {Partial<Limits>} [limits]
 */

/**
 * Keeps one process of the platform running. Its output goes to its log, its standard error also to
 * the terminal, where repetitions are counted.
 *
 * Whenever it ends by itself it is started again, after growing pauses and for as long as it takes: it may
 * end because of something that passes. Only one that was never ready and ends quickly again and again, or
 * that says itself that it cannot go on, is given up, and it alone: `ready` rejects if it still waits.
 *
 * The child leads a process group of its own, so the terminal's Ctrl-C reaches only the launcher;
 * the end of the IPC channel tells it that the launcher died.
 */
export class Supervised {
  #options;
  #limits;
  #log;
  #say;
  /** @type {string[]} */
  #lastLines = [];
  /** @type {import("node:child_process").ChildProcess | undefined} */
  #child;
  #ended = Promise.resolve();
  /** @type {NodeJS.Timeout | undefined} */
  #restart;
  #isStopping = false;
  #quickInARow = 0;
  #wasReady = false;
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
    this.#limits = { ...ordinary, ...options.limits };
    this.#say = foldRepeats(options.say);
    this.#log = openLog(options.log);
    this.ready.catch(() => undefined); // after a stop, nobody waits for it
    this.#begin();
  }

  /** Returns the process id of the child; undefined while there is none, such as between two starts. */
  get pid() {
    const child = this.#child;
    return child !== undefined && isRunning(child) ? child.pid : undefined;
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
    const { name, args, cwd, env } = this.#options;
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
      const message = messageOf(line);
      if (!isContinuation(message)) this.#say(`${name}: ${message}`);
    });
    const { ready: readyMs } = this.#limits;
    const late = setTimeout(() => {
      this.#keep(`--- was not ready within ${readyMs / 1000} s and was killed`);
      if (!this.#wasReady) this.#giveUp(`was not ready within ${readyMs / 1000} s`);
      signalGroup(child, "SIGKILL");
    }, readyMs);
    child.on("message", (message) => {
      if (isOfType("waiting", message)) late.refresh();
      if (!isOfType("ready", message)) return;
      clearTimeout(late);
      this.#wasReady = true;
      this.#becomeReady(message);
    });
    child.once("error", (error) => this.#keep(String(error)));
    this.#ended = new Promise((resolve) => {
      child.once("exit", (code, signal) => {
        clearTimeout(late);
        signalGroup(child, "SIGKILL"); // whatever it started and left behind
        const how = signal ?? `exit code ${code}`;
        this.#keep(`--- ${name} ended: ${how}, ${new Date().toISOString()}`);
        if (!this.#isStopping) this.#again(code, how, Date.now() - startedAt);
        resolve();
      });
    });
  }

  /** @param {number | null} code @param {string} how @param {number} lived milliseconds */
  #again(code, how, lived) {
    const { name } = this.#options;
    const { quick, firstPause, longestPause } = this.#limits;
    this.#quickInARow = lived < quick ? this.#quickInARow + 1 : 0;
    const isHopeless = !this.#wasReady && code !== waiting && this.#quickInARow >= quickEnds;
    if (isHopeless || code === cannotGoOn) {
      const why = isHopeless ? `ended ${quickEnds} times in a row (${how})` : "cannot go on";
      // Its last output may still be on its way through the pipe.
      setTimeout(() => this.#giveUp(why), 100);
      return;
    }
    const longest = code === waiting ? Math.min(longestPause, longestWait) : longestPause;
    const pause = Math.min(firstPause * 2 ** Math.max(this.#quickInARow - 1, 0), longest);
    this.#say(`${name} ended (${how}); starting it again in ${pause / 1000} s`);
    this.#restart = setTimeout(() => this.#begin(), pause);
  }

  /** @param {string} why */
  #giveUp(why) {
    this.#isStopping = true;
    const { name, log, say } = this.#options;
    const tail = this.#lastLines
      .filter((line) => !line.startsWith("---"))
      .map((line) => `\n    ${messageOf(line)}`);
    const text = `Its log: ${log}, at its end:${tail.join("")}`;
    if (this.#wasReady) say(`The ${name} ${why} and was given up; all else goes on. ${text}`);
    else this.#neverReady(new UserError(`The ${name} ${why}. ${text}`));
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
 * @param {string} type
 * @param {unknown} message
 * @returns {message is Record<string, unknown>}
 */
function isOfType(type, message) {
  return (
    typeof message === "object" && message !== null && "type" in message && message.type === type
  );
}
