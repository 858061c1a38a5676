import { setTimeout as sleep } from "node:timers/promises";
import { OpnasError } from "@opnas/core";
import { databaseError } from "@opnas/prisma";

const [firstWait, longestWait] = [500, 15_000];

/**
 * Writes a result that took long to come by. While the database is away it is kept and written again,
 * after longer and longer waits, for as long as the claim is held.
 * @param write must be harmless when repeated: a write whose end is not known may have been made
 * @param signal aborts when the claim is lost or the worker stops
 * @throws OpnasError what the write throws, if repeating it does not help; DATABASE_UNREACHABLE once
 *   the signal is aborted
 */
export async function writeResult(write: () => Promise<void>, signal: AbortSignal): Promise<void> {
  for (let wait = firstWait; ; wait = Math.min(2 * wait, longestWait)) {
    try {
      await write();
      return;
    } catch (error) {
      const known = error instanceof OpnasError ? error : databaseError(error);
      const isLost = known.code === "ATTEMPT_REPLACED" || known.code === "STOPPED";
      if (known.kind !== "retryable" || isLost || signal.aborted) throw known;
      console.error(`A result is kept until it can be stored: ${known.message}`);
      await sleep(wait, undefined, { signal }).catch(() => {
        throw known;
      });
    }
  }
}
