import { setTimeout as sleep } from "node:timers/promises";
import { runChannel, pretrainingChannel, unreachable, workerChannel } from "@opnas/prisma";
import pg from "pg";
import type { Log } from "../log.js";

/** Called with the payload of a notification, or with null when some may have been missed. */
export type Listener = (payload: string | null) => void;
export type Channel = typeof runChannel | typeof workerChannel | typeof pretrainingChannel;

const channels: readonly Channel[] = [runChannel, workerChannel, pretrainingChannel];
const probeMilliseconds = 15_000;
const shortestPause = 100;
const longestPause = 5_000;

interface Connection {
  client: pg.Client;
  /** Resolves with the reason once the connection is gone. */
  lost: Promise<unknown>;
}

/**
 * What the database tells, on one connection for the whole process, fanned out to those who listen.
 * A notification only says "look again": the truth is in the tables. So after a lost connection
 * everyone is told to look again, and nothing is missed.
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

  /** @throws OpnasError `DATABASE_UNREACHABLE` */
  async start(): Promise<void> {
    try {
      void this.keep(await this.connect());
    } catch (error) {
      throw unreachable(this.databaseUrl, error);
    }
  }

  /** @returns ends the listening */
  listen(channel: Channel, listener: Listener): () => void {
    const listeners = this.listeners.get(channel) ?? new Set();
    this.listeners.set(channel, listeners.add(listener));
    return () => listeners.delete(listener);
  }

  /** How many listen now. */
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
    client.on("notification", ({ channel, payload }) => this.tell(channel, payload ?? null));
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
    // A connection that died without a word is found by asking; the error then ends it.
    const probe = setInterval(() => {
      client.query("SELECT 1").catch((error: unknown) => client.emit("error", error));
    }, probeMilliseconds);
    void lost.then(() => clearInterval(probe));
    this.client = client;
    return { client, lost };
  }

  /** Replaces the connection whenever it is lost, until `stop`. */
  private async keep(connection: Connection): Promise<void> {
    for (let current: Connection | null = connection; current !== null;) {
      const reason = await current.lost;
      await close(current.client);
      if (this.stopping.signal.aborted) return;
      this.log.info(`Lost the database's notifications (${messageOf(reason)}); reconnecting.`);
      current = await this.reconnect();
    }
  }

  private async reconnect(): Promise<Connection | null> {
    for (let pause = shortestPause; ; pause = Math.min(pause * 2, longestPause)) {
      try {
        await sleep(pause, undefined, { signal: this.stopping.signal });
        const connection = await this.connect();
        this.log.info("The database's notifications are back.");
        for (const channel of channels) this.tell(channel, null);
        return connection;
      } catch {
        if (this.stopping.signal.aborted) return null;
      }
    }
  }

  private tell(channel: string, payload: string | null): void {
    for (const listener of this.listeners.get(channel) ?? []) listener(payload);
  }
}

/** Ends a connection that is given up; what goes wrong with it now is of no interest. */
async function close(client: pg.Client): Promise<void> {
  await client.end().catch(() => undefined);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
