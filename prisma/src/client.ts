import { PrismaPg } from "@prisma/adapter-pg";
import { type Prisma, PrismaClient } from "./generated/client.js";

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
