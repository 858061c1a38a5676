import { claim } from "./running.mjs";
import { interruptCommands } from "./command.mjs";
import { Interrupted } from "./userError.mjs";
import { watchParent } from "./watchParent.mjs";

/** The terminal signals its whole group and npm passes the signal on: one wish, heard twice. */
const sameWish = 700;

/**
 * What a command of ours has started, and its orderly end: processes first, then the database, then
 * the claim on the data folder. A second Ctrl-C kills the processes.
 */
export class Session {
  /** @type {import("./supervise.mjs").Supervised[]} */
  processes = [];
  /** @type {import("./database.mjs").Database | undefined} */
  database;
  /** @type {(() => void) | undefined} */
  release;
  /** @type {Promise<void> | undefined} */
  #ending;
  /** @type {(error: Error) => void} */
  #abort = () => undefined;
  /** Rejects when a signal asks us to stop or a part was given up. @type {Promise<never>} */
  stopped = new Promise((_, reject) => {
    this.#abort = reject;
  });

  constructor() {
    this.stopped.catch(() => undefined);
    let heardAt = 0;
    const onSignal = () => {
      const isFirst = heardAt === 0;
      if (!isFirst && Date.now() - heardAt < sameWish) return;
      heardAt = Date.now();
      interruptCommands();
      this.#abort(new Interrupted());
      if (!isFirst) void this.#stopProcesses(true);
    };
    process.on("SIGINT", onSignal).on("SIGTERM", onSignal).on("SIGHUP", onSignal);
    if (process.connected) process.on("disconnect", onSignal); // the Node that started us was killed
    if (process.env.npm_lifecycle_event !== undefined) watchParent(onSignal);
  }

  /** @param {Error} problem */
  giveUp = (problem) => this.#abort(problem);

  /**
   * `work`, or the wish to stop, whichever comes first.
   *
   * @template T
   * @param {Promise<T>} work
   * @returns {Promise<T>}
   */
  untilStopped(work) {
    return Promise.race([work, this.stopped]);
  }

  /**
   * @param {string} dataFolder
   * @param {Parameters<typeof claim>[1]} what
   */
  claim(dataFolder, what) {
    this.release = claim(dataFolder, what);
  }

  /** Stops all that was started; done within ten seconds. Calling it again waits for the same end. */
  end() {
    this.#ending ??= this.#end();
    return this.#ending;
  }

  async #end() {
    try {
      await this.#stopProcesses(false);
      await this.database?.stop();
    } finally {
      this.release?.();
    }
  }

  /** @param {boolean} hard */
  async #stopProcesses(hard) {
    await Promise.all(this.processes.map((each) => each.stop(hard)));
  }
}
