import { setTimeout as sleep } from "node:timers/promises";

/** Shortest time between two messages of a throttled subscription: at most four a second. */
const throttleMilliseconds = 250;

/** Waits until the next message may be sent, or until `signal` is aborted. */
export async function throttle(signal: AbortSignal): Promise<void> {
  await sleep(throttleMilliseconds, undefined, { signal }).catch(() => undefined);
}
