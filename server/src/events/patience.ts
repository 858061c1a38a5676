import { setTimeout as sleep } from "node:timers/promises";
import { databaseError } from "@opnas/prisma";
import type { Log } from "../log.js";

const shortestPause = 100;
const longestPause = 5_000;

/**
 * Reads for subscriptions, which outlive a database that is away: they wait and go on, where an
 * error would make every client ask anew at once. The log hears of it once per outage.
 */
export class Patience {
  private readonly log: Log;
  private away = false;

  constructor(log: Log) {
    this.log = log;
  }

  /**
   * What `read` gives, however long the database is away; undefined once `left`.
   * @throws whatever `read` throws that waiting does not mend
   */
  async read<T>(read: () => Promise<T>, left: AbortSignal): Promise<T | undefined> {
    for (let pause = shortestPause; !left.aborted; pause = Math.min(pause * 2, longestPause)) {
      try {
        const found = await read();
        this.away = false;
        return found;
      } catch (error) {
        const known = databaseError(error);
        if (known.kind !== "retryable") throw error;
        if (!this.away) this.log.error(`Subscriptions wait: ${known.message}`);
        this.away = true;
        await sleep(pause, undefined, { signal: left }).catch(() => undefined);
      }
    }
    return undefined;
  }
}
