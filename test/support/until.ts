import { setTimeout as sleep } from "node:timers/promises";

/** Calls `look` every 100 ms until it returns a value; throws an error that names `what` after `seconds`. */
export async function until<T>(
  what: string,
  seconds: number,
  look: () => Promise<T | undefined | false>,
): Promise<T> {
  const deadline = performance.now() + seconds * 1000;
  while (performance.now() < deadline) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    await sleep(100);
  }
  throw new Error(`Not within ${String(seconds)} s: ${what}.`);
}
