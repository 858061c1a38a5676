import { once } from "node:events";
import { createServer } from "node:net";

/**
 * Range below the ports that operating systems give to outgoing connections (Linux from 32,768, others from
 * 49,152): a server that is started again on its port must not find a connection of another program on it,
 * which, once closed, still holds it for a minute.
 */
const [first, count] = [20_000, 12_000];

/** Ports that are tried at random before the search for a free one is given up. */
const tries = 100;

/**
 * Finds a port of 127.0.0.1 that nothing uses, and that stays free for servers while theirs is being started
 * again.
 */
export async function freePort(): Promise<number> {
  for (let tried = 0; tried < tries; tried += 1) {
    const port = first + Math.floor(Math.random() * count);
    if (await isFree(port)) return port;
  }
  throw new Error(`None of ${tries} ports from ${first} on is free on 127.0.0.1.`);
}

async function isFree(port: number): Promise<boolean> {
  const probe = createServer().listen({ port, host: "127.0.0.1", exclusive: true });
  try {
    await once(probe, "listening");
  } catch {
    return false; // It is taken, or this user may not use it.
  }
  probe.close();
  await once(probe, "close");
  return true;
}
