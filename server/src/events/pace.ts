import { setTimeout as sleep } from "node:timers/promises";

/** Shortest time between two messages of a subscription to changes: at most four a second. */
export const messageMilliseconds = 250;

/** Waits until the next message may go out, or the reader left. */
export async function pace(left: AbortSignal): Promise<void> {
  await sleep(messageMilliseconds, undefined, { signal: left }).catch(() => undefined);
}
