import { claim } from "./running.mjs";
import { interruptCommands } from "./command.mjs";
import { Interrupted } from "./userError.mjs";
import { watchParent } from "./watchParent.mjs";

/**
 * Milliseconds within which a second signal counts as the first one: the terminal signals its whole
 * process group, and npm passes the signal on.
 */
const repeatedSignalMs = 700;

/**
 * Owns everything that a launcher has started and ends it in order: processes first, then the
 * database, then the claim on the data folder. A second Ctrl-C kills the processes.
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
    let signalledAt = 0;
    const onSignal = () => {
      const isFirst = signalledAt === 0;
      if (!isFirst && Date.now() - signalledAt < repeatedSignalMs) return;
      signalledAt = Date.now();
      interruptCommands();
      this.#abort(new Interrupted());
      if (!isFirst) void this.#stopProcesses(true);
    };
    process.on("SIGINT", onSignal).on("SIGTERM", onSignal).on("SIGHUP", onSignal);
    if (process.connected) process.on("disconnect", onSignal); // the Node that started us was killed
    if (process.env.npm_lifecycle_event !== undefined) watchParent(onSignal);
  }

  /** Makes `stopped` reject with this error. @param {Error} error */
  giveUp = (error) => this.#abort(error);

  /**
   * Settles as `work` does, or rejects as `stopped` does, whichever comes first.
   *
   * @template T
   * @param {Promise<T>} work
   * @returns {Promise<T>}
   */
  untilStopped(work) {
    return Promise.race([work, this.stopped]);
  }

  /**
   * Claims the data folder until the session ends.
   *
   * @param {string} dataFolder
   * @param {Parameters<typeof claim>[1]} what
   */
  claim(dataFolder, what) {
    this.release = claim(dataFolder, what);
  }

  /** Stops everything that was started, within ten seconds. A second call waits for the same end. */
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
