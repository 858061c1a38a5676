import { PrismaPg } from "@prisma/adapter-pg";
import { cancellable } from "./cancellation.js";
import { openPool, usualStatementSeconds } from "./connections.js";
import { type Prisma, PrismaClient } from "./generated/client.js";
import { StatementNames } from "./statementNames.js";

/** The Prisma client over one connection pool. */
export type Database = PrismaClient;
/** The Prisma client within one transaction; functions that take it never commit by themselves. */
export type Transaction = Prisma.TransactionClient;

/**
 * A statement that answers with all columns of a table. It gets no name: in a session that has planned it, it
 * would fail for good once a migration adds a column.
 */
const hasAllColumns = /(select |\.)\*/i;

/** The properties of a client beside its address and its number of connections. */
export interface ClientOptions {
  /** Seconds after which any statement ends; 30 by default. */
  statementSeconds?: number;
  /**
   * True for a client that asks the same few statements again and again: they get names, and are parsed and
   * planned once in a session. Plans then may no longer depend on the values, as those of searches in lists should.
   */
  isRepetitive?: boolean;
}

/**
 * Creates a client with a pool of at most `connections` to the Postgres at `databaseUrl`. It connects
 * at its first query; a transaction waits up to 10 s for a connection and may last 30 s. Statements within
 * `withCancellation` are given up with their caller.
 */
export function createClient(
  databaseUrl: string,
  connections = 10,
  { statementSeconds = usualStatementSeconds, isRepetitive = false }: ClientOptions = {},
): Database {
  const pool = cancellable(openPool(databaseUrl, "opnas", connections, statementSeconds));
  const names = new StatementNames();
  // Without listeners the pool's errors end the process; whoever uses a lost connection gets its error.
  const adapter = new PrismaPg(pool, {
    disposeExternalPool: true,
    ...(isRepetitive && {
      statementNameGenerator: ({ sql }) =>
        hasAllColumns.test(sql) ? "" : (names.nameOf(sql) ?? ""),
    }),
  });
  return new PrismaClient({ adapter, transactionOptions: { maxWait: 10_000, timeout: 30_000 } });
}
