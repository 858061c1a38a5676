import { setTimeout as sleep } from "node:timers/promises";
import type pg from "pg";
import { type Channel, runChannel, workerChannel } from "./channels.js";
import { connectionOptions, createConnection } from "./connections.js";
import { unreachable } from "./migrate.js";

/** A callback for a notification's payload; it is null when notifications may have been missed. */
export type Listener = (payload: string | null) => void;

/** Milliseconds until the answer to a question is overdue. */
const answerMilliseconds = 5_000;

/**
 * Channels of which a notification stands for all changes of the time that it is sent in, a quarter of a
 * second for runs and a second for workers, with the milliseconds after it at which listeners are told
 * again: each one wakes the sessions of all processes that listen, so that there must not be many.
 */
const gatheringChannels: ReadonlyMap<string, number> = new Map([
  [runChannel, 500],
  [workerChannel, 1_500],
]);

const firstPause = 100;
const longestPause = 5_000;

/** Yields the pauses between attempts, in milliseconds, without end: 100, 200, 400 … up to 5,000. */
export function* backoffPauses(): Generator<number, never> {
  for (let pause = firstPause; ; pause = Math.min(pause * 2, longestPause)) yield pause;
}

/** Receives what happens to the connection of `Notifications`, one sentence each. */
export type NotificationLog = (sentence: string) => void;

interface Connection {
  client: pg.Client;
  /** Resolves with the reason once the connection is lost. */
  lost: Promise<unknown>;
}

/**
 * Receives Postgres' notifications on one connection for the whole process and passes them to the
 * listeners. A notification only means "read again"; the data are in the tables. After a lost
 * connection every listener is therefore called with null, and nothing is missed. A notification of
 * runs or workers may stand for changes that follow it closely: its listeners are called once more.
 */
export class Notifications {
  private readonly listeners = new Map<string, Set<Listener>>();
  /** Timers of second calls, by channel and payload. */
  private readonly again = new Map<string, NodeJS.Timeout>();
  private readonly stopping = new AbortController();
  private client: pg.Client | undefined;
  private connected = false;

  /**
   * @param channels the channels to listen to
   * @param probeMilliseconds the time between two questions to an idle connection
   */
  constructor(
    private readonly databaseUrl: string,
    private readonly channels: readonly Channel[],
    private readonly log: NotificationLog,
    private readonly probeMilliseconds = 10_000,
  ) {}

  /** Connects and begins to listen. @throws OpnasError `DATABASE_UNREACHABLE` */
  async start(): Promise<void> {
    try {
      void this.reconnectAlways(await this.connect());
    } catch (error) {
      throw unreachable(this.databaseUrl, error);
    }
  }

  /** Calls `listener` for each notification of a channel. @returns a function that ends it */
  listen(channel: Channel, listener: Listener): () => void {
    const listeners = this.listeners.get(channel) ?? new Set();
    this.listeners.set(channel, listeners.add(listener));
    return () => listeners.delete(listener);
  }

  /** The number of listeners now, of all channels. */
  get listenerCount(): number {
    return [...this.listeners.values()].reduce((sum, listeners) => sum + listeners.size, 0);
  }

  /** Reports a connection that listens; a dead one is noticed after 15 s at the latest. */
  get isConnected(): boolean {
    return this.connected;
  }

  /** Ends the connection; no listener is called any more. */
  async stop(): Promise<void> {
    this.stopping.abort();
    for (const timer of this.again.values()) clearTimeout(timer);
    this.again.clear();
    await this.client?.end();
  }

  private async connect(): Promise<Connection> {
    const client = createConnection({
      ...connectionOptions(this.databaseUrl, "opnas-listener"),
      query_timeout: answerMilliseconds,
    });
    client.on("notification", ({ channel, payload }) => {
      this.notify(channel, payload ?? null);
      this.notifyAgain(channel, payload ?? null);
    });
    const lost = new Promise<unknown>((resolve) => {
      client.on("error", resolve);
      client.on("end", () => resolve(new Error("the connection was closed")));
    });
    try {
      await client.connect();
      for (const channel of this.channels) await client.query(`LISTEN ${channel}`);
      this.stopping.signal.throwIfAborted();
    } catch (error) {
      await close(client);
      throw error;
    }
    // A dead connection may report nothing: a query finds it, and its error then ends it.
    const ask = () => {
      client.query("SELECT 1").then(
        () => (probe = setTimeout(ask, this.probeMilliseconds)),
        (error: unknown) => client.emit("error", error),
      );
    };
    let probe = setTimeout(ask, this.probeMilliseconds);
    void lost.then(() => clearTimeout(probe));
    this.client = client;
    this.connected = true;
    // A notification from just before, which nobody heard, has silenced the changes that follow it.
    for (const channel of this.channels) this.notifyAgain(channel, null);
    return { client, lost };
  }

  /** Replaces the connection whenever it is lost, until `stop`. */
  private async reconnectAlways(connection: Connection): Promise<void> {
    for (let current: Connection | null = connection; current !== null;) {
      const reason = await current.lost;
      this.connected = false;
      await close(current.client);
      if (this.stopping.signal.aborted) return;
      this.log(`Lost the database's notifications (${messageOf(reason)}); reconnecting.`);
      current = await this.reconnect();
    }
  }

  private async reconnect(): Promise<Connection | null> {
    for (const pause of backoffPauses()) {
      try {
        await sleep(pause, undefined, { signal: this.stopping.signal });
        const connection = await this.connect();
        this.log("The database's notifications are back.");
        for (const channel of this.channels) this.notify(channel, null);
        return connection;
      } catch {
        if (this.stopping.signal.aborted) return null;
      }
    }
    return null;
  }

  private notifyAgain(channel: string, payload: string | null): void {
    const milliseconds = gatheringChannels.get(channel);
    const key = `${channel} ${payload ?? ""}`;
    if (milliseconds === undefined || this.stopping.signal.aborted) return;
    clearTimeout(this.again.get(key));
    const timer = setTimeout(() => {
      this.again.delete(key);
      this.notify(channel, payload);
    }, milliseconds);
    this.again.set(key, timer);
  }

  private notify(channel: string, payload: string | null): void {
    for (const listener of this.listeners.get(channel) ?? []) listener(payload);
  }
}

/**
 * Ends a connection that is given up; errors in doing so do not matter. Its socket is destroyed, since
 * a dead peer would never answer a polite end.
 */
async function close(client: pg.Client): Promise<void> {
  client.connection.stream.destroy();
  await client.end().catch(() => undefined);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
