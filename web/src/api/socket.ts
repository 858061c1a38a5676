import { type Client, type ClientOptions, createClient } from "graphql-ws";
import type { Connection } from "./connection";

const pingEveryMs = 1_500;
/** Milliseconds without an answer to a ping after which the page no longer calls itself live. */
const silentAfterMs = 1_000;
/** Milliseconds without an answer after which the connection is given up; a busy server may be slow. */
const pongWithinMs = 5_000;
const firstRetryMs = 400;
const longestRetryMs = 5_000;

/**
 * Returns the milliseconds before retry `attempt` (0-based): they double up to a limit, plus up to
 * a third of jitter for a `random` from 0 to 1.
 */
export function retryDelay(attempt: number, random: number): number {
  const base = Math.min(longestRetryMs, firstRetryMs * 2 ** Math.min(attempt, 10));
  return base * (1 + random / 3);
}

/** Waits `ms` milliseconds, or less if the network reports that it is back. */
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
 * Opens the page's one WebSocket. It is kept open from the start, detects a silent connection by an
 * unanswered ping, and retries forever; each change is reported to `connection`.
 */
export function openSocket(props: {
  url: string;
  connection: Connection;
  /** The target of the browser's events "online" and "offline": its window. */
  network: EventTarget;
  webSocketImpl?: ClientOptions["webSocketImpl"];
}): Client {
  const { url, connection, network, webSocketImpl } = props;
  let timers: ReturnType<typeof setTimeout>[] = [];
  const stopTimers = () => {
    for (const timer of timers) clearTimeout(timer);
    timers = [];
  };
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
        stopTimers();
        connection.lost();
      },
      ping: (received) => {
        if (received) return;
        stopTimers();
        timers = [
          setTimeout(() => connection.lost(), silentAfterMs),
          setTimeout(() => socket.terminate(), pongWithinMs),
        ];
      },
      pong: (received) => {
        if (!received) return;
        stopTimers();
        connection.heard();
      },
    },
  });
  network.addEventListener("offline", () => connection.lost());
  return socket;
}
