import { PrismaPg } from "@prisma/adapter-pg";
import { OpnasError, toOpnasError } from "@opnas/core";
import { Prisma, PrismaClient } from "./generated/client.js";

export type Database = PrismaClient;
export type Transaction = Prisma.TransactionClient;

/** A pool of at most `connections` to the Postgres at `databaseUrl`; it connects when first used. */
export function createClient(databaseUrl: string, connections = 10): Database {
  const adapter = new PrismaPg({
    connectionString: databaseUrl,
    max: connections,
    connectionTimeoutMillis: 5_000,
  });
  return new PrismaClient({ adapter, transactionOptions: { maxWait: 10_000, timeout: 30_000 } });
}

/** Prisma's codes for a database that is away, or a transaction that lost a race: worth a retry. */
const retryableCodes = new Set(["P1001", "P1002", "P1008", "P1017", "P2024", "P2028", "P2034"]);

/** A database error told as one of the platform's codes. */
export function databaseError(error: unknown): OpnasError {
  if (error instanceof Prisma.PrismaClientKnownRequestError && retryableCodes.has(error.code)) {
    return new OpnasError(
      "DATABASE_UNREACHABLE",
      `The database did not answer (${error.code}). Check that Postgres runs and DATABASE_URL is right.`,
      { cause: error },
    );
  }
  return toOpnasError(error);
}
