import { type Client, type ClientOptions, createClient } from "graphql-ws";
import type { Connection } from "./connection";

const pingEveryMs = 10_000;
const pongWithinMs = 5_000;
const firstRetryMs = 400;
const longestRetryMs = 5_000;

/** Milliseconds before retry `attempt` (0-based): doubling up to a ceiling, with up to a third of jitter. */
export function retryDelay(attempt: number, random: number): number {
  const base = Math.min(longestRetryMs, firstRetryMs * 2 ** Math.min(attempt, 10));
  return base * (1 + random / 3);
}

/** Waits `ms`, or less if the network reports that it is back. */
function pause(ms: number, network: EventTarget): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      network.removeEventListener("online", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    network.addEventListener("online", done);
  });
}

/**
 * The one WebSocket of the page. It is kept open from the start, notices a silent death by an
 * unanswered ping, and retries for ever; `connection` is told of each change.
 */
export function openSocket(props: {
  url: string;
  connection: Connection;
  /** Where the browser reports "online": its window. */
  network: EventTarget;
  webSocketImpl?: ClientOptions["webSocketImpl"];
}): Client {
  const { url, connection, network, webSocketImpl } = props;
  let pongTimer: ReturnType<typeof setTimeout> | undefined;
  const socket = createClient({
    url,
    webSocketImpl,
    lazy: false,
    keepAlive: pingEveryMs,
    retryAttempts: Infinity,
    shouldRetry: () => true,
    retryWait: (attempt) => pause(retryDelay(attempt, Math.random()), network),
    onNonLazyError: () => connection.stopped(),
    on: {
      connected: () => connection.opened(),
      closed: () => {
        clearTimeout(pongTimer);
        connection.lost();
      },
      ping: (received) => {
        if (!received) pongTimer = setTimeout(() => socket.terminate(), pongWithinMs);
      },
      pong: (received) => {
        if (received) clearTimeout(pongTimer);
      },
    },
  });
  return socket;
}
