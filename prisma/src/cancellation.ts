import { AsyncLocalStorage } from "node:async_hooks";
import pg from "pg";
import { z } from "zod";

const wanted = new AsyncLocalStorage<AbortSignal>();

/**
 * Runs a read whose statements are given up once `signal` is aborted, because nobody waits for the answer
 * any more. Statements of transactions are not: they end by their own time-outs.
 */
export function withCancellation<T>(signal: AbortSignal, read: () => T): T {
  return wanted.run(signal, read);
}

/** Returns the signal with which the present read is given up; undefined where it is not. */
export function callerSignal(): AbortSignal | undefined {
  return wanted.getStore();
}

/** Runs a read whose result others wait for too: it goes on when its first caller leaves. */
export function withoutCancellation<T>(read: () => Promise<T>): Promise<T> {
  // Prisma sends a query only once it is awaited, which so has to be within.
  return wanted.exit(async () => await read());
}

/** The process of Postgres that serves a connection; `pg` has it, though not among its types. */
const backendSchema = z.object({ processID: z.int() });

/**
 * Returns the pool with single statements that can be cancelled. The connection of a cancelled statement
 * is given back only after Postgres has taken the cancellation, which so can meet no other statement.
 */
export function cancellable(pool: pg.Pool): pg.Pool {
  return new Proxy(pool, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== "function") return value;
      if (name !== "query") return value.bind(target) as unknown;
      return (...args: unknown[]) => {
        const signal = wanted.getStore();
        if (signal === undefined) return Reflect.apply(value, target, args) as unknown;
        return queryUnless(signal, target, args);
      };
    },
  });
}

async function queryUnless(
  signal: AbortSignal,
  pool: pg.Pool,
  args: readonly unknown[],
): Promise<unknown> {
  throwIfGivenUp(signal);
  const client = await pool.connect();
  let cancelled: Promise<unknown> = Promise.resolve();
  let broken: unknown;
  // Without a listener a connection that breaks would end the process; the statement fails too.
  const onBreak = (error: Error) => (broken = error);
  const cancel = () => {
    cancelled = cancelStatementOf(client, pool);
  };
  try {
    throwIfGivenUp(signal);
    client.on("error", onBreak);
    signal.addEventListener("abort", cancel, { once: true });
    const answer: unknown = Reflect.apply(client.query.bind(client), client, args);
    return await answer;
  } catch (error) {
    if (endsItsSession(error)) broken = error;
    throw error;
  } finally {
    signal.removeEventListener("abort", cancel);
    await cancelled;
    client.off("error", onBreak);
    client.release(broken !== undefined);
  }
}

/** Tells an error after which the session serves no other statement, though the end may not have come in yet. */
function endsItsSession(error: unknown): boolean {
  return !(error instanceof pg.DatabaseError) || error.severity !== "ERROR";
}

function throwIfGivenUp(signal: AbortSignal): void {
  if (signal.aborted) throw givenUp();
}

/** Creates the error that Postgres gives for a cancelled statement, for one that is not even sent. */
function givenUp(): pg.DatabaseError {
  const error = new pg.DatabaseError("the caller of this statement has left", 0, "error");
  error.code = "57014";
  error.severity = "ERROR";
  return error;
}

/** Asks Postgres, on another connection, to end what this one does; a failure leaves it to its time-out. */
async function cancelStatementOf(client: pg.PoolClient, pool: pg.Pool): Promise<void> {
  const backend = backendSchema.safeParse(client);
  if (!backend.success) return;
  const { processID } = backend.data;
  await pool.query("SELECT pg_cancel_backend($1)", [processID]).catch(() => undefined);
}
