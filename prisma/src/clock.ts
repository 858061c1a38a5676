import type { Transaction } from "./client.js";

/**
 * Reads Postgres' clock as it is now, in the resolution of the stored times, milliseconds. Hosts'
 * clocks differ, by hours where one is set wrong: every stored time, and every time that is compared
 * with one, is Postgres' own. A transaction that reads it under a lock gets a time after all that the
 * lock's earlier holders stored.
 */
export async function databaseTime(tx: Transaction): Promise<Date> {
  const [row] = await tx.$queryRaw<[{ time: Date }]>`
    SELECT clock_timestamp()::timestamptz(3) AS time`;
  return row.time;
}
