import { OpnasError, toOpnasError } from "@opnas/core";
import { z } from "zod";
import { Prisma } from "./generated/client.js";

/** Prisma's codes for a database that is away, or a transaction that lost a race: worth a retry. */
const retryableCodes = new Set(["P1001", "P1002", "P1008", "P1017", "P2024", "P2028", "P2034"]);

/** Where Prisma keeps what the driver said. */
const driverErrorSchema = z.object({
  meta: z.object({
    driverAdapterError: z.object({
      cause: z.object({ kind: z.string(), originalCode: z.string().optional() }),
    }),
  }),
});

const lostKinds = new Set(["DatabaseNotReachable", "ConnectionClosed", "TooManyConnections"]);

/** Postgres' classes 08 (connection), 53 (resources) and 57P (shut-down); Node's socket errors. */
const lostCodes = /^(08|53|57P)|^(ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|ENOTFOUND)$/;

/** What pg says of a connection that ended under a query; it gives no code. */
const lostMessages =
  /connection terminated|connection error|timeout exceeded when trying to connect/i;

/** Any thrown value as one of the platform's errors; a lost database is told by its own code. */
export function databaseError(error: unknown): OpnasError {
  if (!(error instanceof OpnasError) && isLostConnection(error)) {
    return new OpnasError(
      "DATABASE_UNREACHABLE",
      "The database does not answer at the moment. Try again; if it stays so, look whether Postgres runs.",
      { cause: error },
    );
  }
  return toOpnasError(error);
}

function isLostConnection(error: unknown): boolean {
  const driver = driverErrorSchema.safeParse(error).data?.meta.driverAdapterError.cause;
  if (driver !== undefined) {
    return lostKinds.has(driver.kind) || lostCodes.test(driver.originalCode ?? "");
  }
  if (error instanceof Prisma.PrismaClientKnownRequestError) return retryableCodes.has(error.code);
  if (!(error instanceof Error)) return false;
  const code = "code" in error ? String(error.code) : "";
  return lostCodes.test(code) || lostMessages.test(error.message);
}

/** Whether a row was refused because another has its key. */
export function isUniqueViolation(error: unknown): boolean {
  return error instanceof Prisma.PrismaClientKnownRequestError && error.code === "P2002";
}
