import { Socket } from "node:net";
import pg from "pg";

/** Seconds that a transaction may do nothing: a process that is frozen within one keeps its locks no longer. */
const idleInTransactionSeconds = 10;

/** Seconds to wait for a lock; longer than a frozen transaction can hold one. */
export const lockSeconds = 15;

/** Seconds that a statement may take where nothing else is said. */
export const usualStatementSeconds = 30;

/**
 * Settings of every session by which Postgres finds that a client's host or the way to it is gone: it
 * then ends the session, and with it the transaction, within about 25 s instead of a quarter of an
 * hour.
 */
const deadPeerOptions = [
  "tcp_user_timeout=15000",
  "tcp_keepalives_idle=10",
  "tcp_keepalives_interval=5",
  "tcp_keepalives_count=3",
].map((option) => `-c ${option}`);

/**
 * Returns the settings with which every connection of the platform is opened: limits on statements,
 * locks and idle transactions, and probes of the network in both directions (decision 0025).
 * @param name the session's name in `pg_stat_activity`
 * @param sessionOptions further options of the session, as of the program `postgres`
 */
export function connectionOptions(
  databaseUrl: string,
  name: string,
  statementSeconds = usualStatementSeconds,
  sessionOptions: readonly string[] = [],
): pg.ClientConfig {
  return {
    ...withSessionOptions(databaseUrl, sessionOptions),
    application_name: name,
    connectionTimeoutMillis: 5_000,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    statement_timeout: statementSeconds * 1000,
    lock_timeout: lockSeconds * 1000,
    idle_in_transaction_session_timeout: idleInTransactionSeconds * 1000,
  };
}

/**
 * Creates a connection of its own, not yet connected. A connection without a listener for its end would
 * end the process with it; the query under way, or the next one, fails too and tells of it.
 */
export function createConnection(config: pg.ClientConfig): pg.Client {
  const client = new pg.Client(config);
  client.on("error", () => undefined);
  return client;
}

/** Joins the session settings with an address's own options, which come later and win. */
function withSessionOptions(databaseUrl: string, more: readonly string[]): pg.ClientConfig {
  const options = [...deadPeerOptions, ...more].join(" ");
  const url = URL.canParse(databaseUrl) ? new URL(databaseUrl) : undefined;
  const own = url?.searchParams.get("options");
  if (url === undefined || !own) return { connectionString: databaseUrl, options };
  // Within `pg` the options of the address replace those beside it.
  url.searchParams.set("options", `${options} ${own}`);
  return { connectionString: url.href };
}

/**
 * Seconds beyond the longest statement after which a silent connection in use is given up. Any living
 * Postgres says something earlier, since it limits statements and idle transactions.
 */
const silenceBeyondStatements = 5;

/**
 * Milliseconds that a connection may rest in its pool before it is closed. Opening one costs Postgres a
 * process and both sides several milliseconds, and jobs of many slots end at once only now and then.
 */
const restMilliseconds = 120_000;

/**
 * Opens a pool of at most `connections` with the settings of `connectionOptions`. It connects at its
 * first query. A connection that is in use and silent for 5 s longer than a statement may take is destroyed, and its queries fail with
 * "Connection terminated …": after a cut in the network nothing else would tell for a quarter of an
 * hour.
 */
export function openPool(
  databaseUrl: string,
  name: string,
  connections: number,
  statementSeconds = usualStatementSeconds,
  sessionOptions: readonly string[] = [],
): pg.Pool {
  const options = connectionOptions(databaseUrl, name, statementSeconds, sessionOptions);
  const pool = new pg.Pool({ ...options, max: connections, idleTimeoutMillis: restMilliseconds });
  endSilentConnections(pool, Math.max(statementSeconds, lockSeconds) + silenceBeyondStatements);
  return pool;
}

interface Use {
  client: pg.ClientBase;
  bytesRead: number;
  silentSeconds: number;
}

/**
 * Destroys connections of the pool that are in use while nothing is received for `seconds`. It counts
 * its own ticks instead of comparing times, so that a process which stood still does not take its own
 * silence for the database's.
 */
export function endSilentConnections(pool: pg.Pool, seconds: number): void {
  const inUse = new Map<pg.ClientBase, Use>();
  let timer: NodeJS.Timeout | undefined;
  const tick = () => {
    for (const use of inUse.values()) watch(use, seconds);
    if (inUse.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
  pool.on("acquire", (client) => {
    inUse.set(client, { client, bytesRead: bytesReadBy(client), silentSeconds: 0 });
    timer ??= setInterval(tick, 1_000).unref();
  });
  pool.on("release", (_error, client) => inUse.delete(client));
  pool.on("remove", (client) => inUse.delete(client));
}

function watch(use: Use, seconds: number): void {
  const bytesRead = bytesReadBy(use.client);
  use.silentSeconds = bytesRead === use.bytesRead ? use.silentSeconds + 1 : 0;
  use.bytesRead = bytesRead;
  if (use.silentSeconds < seconds) return;
  const sentence = `Connection terminated: the database has not answered for ${seconds} s.`;
  socketOf(use.client)?.destroy(new Error(sentence));
}

function bytesReadBy(client: pg.ClientBase): number {
  return socketOf(client)?.bytesRead ?? 0;
}

/** Returns a client's socket, encrypted or not. */
function socketOf(client: pg.ClientBase): Socket | undefined {
  if (!(client instanceof pg.Client)) return undefined;
  const { stream } = client.connection;
  return stream instanceof Socket ? stream : undefined;
}
