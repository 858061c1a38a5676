import { PrismaPg } from "@prisma/adapter-pg";
import { cancellable } from "./cancellation.js";
import { openPool, usualStatementSeconds } from "./connections.js";
import { type Prisma, PrismaClient } from "./generated/client.js";

/** The Prisma client over one connection pool. */
export type Database = PrismaClient;
/** The Prisma client within one transaction; functions that take it never commit by themselves. */
export type Transaction = Prisma.TransactionClient;

/**
 * Creates a client with a pool of at most `connections` to the Postgres at `databaseUrl`. It connects
 * at its first query; a transaction waits up to 10 s for a connection and may last 30 s. Statements within
 * `withCancellation` are given up with their caller; any ends after `statementSeconds`.
 */
export function createClient(
  databaseUrl: string,
  connections = 10,
  statementSeconds = usualStatementSeconds,
): Database {
  const pool = cancellable(openPool(databaseUrl, "opnas", connections, statementSeconds));
  // Without listeners the pool's errors end the process; whoever uses a lost connection gets its error.
  const adapter = new PrismaPg(pool, { disposeExternalPool: true });
  return new PrismaClient({ adapter, transactionOptions: { maxWait: 10_000, timeout: 30_000 } });
}
