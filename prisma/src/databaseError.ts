import { OpnasError, toOpnasError } from "@opnas/core";
import { z } from "zod";
import { Prisma } from "./generated/client.js";

/** Prisma's codes for an unreachable database and for a transaction that met a conflict. */
const retryableCodes = new Set(["P1001", "P1002", "P1008", "P1017", "P2024", "P2028", "P2034"]);

/** The driver's error inside an error of Prisma. */
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

/** Messages of `pg` for a connection that ended during a query; these errors have no code. */
const lostMessages =
  /connection terminated|connection error|timeout exceeded when trying to connect/i;

/**
 * Converts any thrown value to an error of the platform.
 * @returns an `OpnasError` as it is; `DATABASE_UNREACHABLE` for a lost connection; otherwise the
 * result of `toOpnasError`
 */
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

/** Returns true for Prisma's error about a row whose unique key is taken. */
export function isUniqueViolation(error: unknown): boolean {
  return error instanceof Prisma.PrismaClientKnownRequestError && error.code === "P2002";
}
