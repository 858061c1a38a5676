import { setTimeout as sleep } from "node:timers/promises";
import { backoffPauses, databaseError } from "@opnas/prisma";
import type { Log } from "../log.js";

/**
 * Repeats reads of subscriptions, with exponential backoff, while the database cannot be reached. An
 * error instead would make every client subscribe again at once. Each outage is logged once.
 */
export class Backoff {
  private readonly log: Log;
  private isOutage = false;

  constructor(log: Log) {
    this.log = log;
  }

  /**
   * Returns what `read` resolves to, however long that takes; undefined once `signal` is aborted.
   * @throws whatever `read` throws that a retry does not mend
   */
  async retry<T>(read: () => Promise<T>, signal: AbortSignal): Promise<T | undefined> {
    for (const pause of backoffPauses()) {
      if (signal.aborted) break;
      try {
        const found = await read();
        this.isOutage = false;
        return found;
      } catch (error) {
        const known = databaseError(error);
        if (known.kind !== "retryable") throw error;
        if (!this.isOutage) this.log.error(`Subscriptions wait: ${known.message}`);
        this.isOutage = true;
        await sleep(pause, undefined, { signal }).catch(() => undefined);
      }
    }
    return undefined;
  }
}
