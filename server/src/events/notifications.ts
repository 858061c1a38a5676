import { setTimeout as sleep } from "node:timers/promises";
import { runChannel, pretrainingChannel, unreachable, workerChannel } from "@opnas/prisma";
import pg from "pg";
import type { Log } from "../log.js";
import { backoffPauses } from "./backoff.js";

/** A callback for a notification's payload; it is null when notifications may have been missed. */
export type Listener = (payload: string | null) => void;
export type Channel = typeof runChannel | typeof workerChannel | typeof pretrainingChannel;

const channels: readonly Channel[] = [runChannel, workerChannel, pretrainingChannel];
const probeMilliseconds = 15_000;

interface Connection {
  client: pg.Client;
  /** Resolves with the reason once the connection is lost. */
  lost: Promise<unknown>;
}

/**
 * Receives Postgres' notifications on one connection for the whole process and passes them to the
 * listeners. A notification only means "read again"; the data are in the tables. After a lost
 * connection every listener is therefore called with null, and nothing is missed.
 */
export class Notifications {
  private readonly listeners = new Map<string, Set<Listener>>();
  private readonly databaseUrl: string;
  private readonly log: Log;
  private readonly stopping = new AbortController();
  private client: pg.Client | undefined;

  constructor(databaseUrl: string, log: Log) {
    this.databaseUrl = databaseUrl;
    this.log = log;
  }

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

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.client?.end();
  }

  private async connect(): Promise<Connection> {
    const client = new pg.Client({
      connectionString: this.databaseUrl,
      application_name: "opnas-listener",
      connectionTimeoutMillis: 5_000,
      query_timeout: 10_000,
      keepAlive: true,
    });
    client.on("notification", ({ channel, payload }) => this.notify(channel, payload ?? null));
    const lost = new Promise<unknown>((resolve) => {
      client.on("error", resolve);
      client.on("end", () => resolve(new Error("the connection was closed")));
    });
    try {
      await client.connect();
      for (const channel of channels) await client.query(`LISTEN ${channel}`);
      this.stopping.signal.throwIfAborted();
    } catch (error) {
      await close(client);
      throw error;
    }
    // A dead connection may report nothing: a query finds it, and its error then ends it.
    const probe = setInterval(() => {
      client.query("SELECT 1").catch((error: unknown) => client.emit("error", error));
    }, probeMilliseconds);
    void lost.then(() => clearInterval(probe));
    this.client = client;
    return { client, lost };
  }

  /** Replaces the connection whenever it is lost, until `stop`. */
  private async reconnectAlways(connection: Connection): Promise<void> {
    for (let current: Connection | null = connection; current !== null;) {
      const reason = await current.lost;
      await close(current.client);
      if (this.stopping.signal.aborted) return;
      this.log.info(`Lost the database's notifications (${messageOf(reason)}); reconnecting.`);
      current = await this.reconnect();
    }
  }

  private async reconnect(): Promise<Connection | null> {
    for (const pause of backoffPauses()) {
      try {
        await sleep(pause, undefined, { signal: this.stopping.signal });
        const connection = await this.connect();
        this.log.info("The database's notifications are back.");
        for (const channel of channels) this.notify(channel, null);
        return connection;
      } catch {
        if (this.stopping.signal.aborted) return null;
      }
    }
    return null;
  }

  private notify(channel: string, payload: string | null): void {
    for (const listener of this.listeners.get(channel) ?? []) listener(payload);
  }
}

/** Ends a connection that is given up; errors in doing so do not matter. */
async function close(client: pg.Client): Promise<void> {
  await client.end().catch(() => undefined);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
