import { OpnasError, toOpnasError } from "@opnas/core";
import { z } from "zod";
import { Prisma } from "./generated/client.js";

/** Prisma's codes for an unreachable database and for a connection or transaction that it gave up. */
const lostPrismaCodes = new Set(["P1001", "P1002", "P1008", "P1017", "P2024", "P2028"]);

/** Prisma's code for a transaction that met a conflict or a deadlock. */
const busyPrismaCode = "P2034";

const driverCauseSchema = z.object({ kind: z.string(), originalCode: z.string().optional() });

/** The driver's error, which Prisma wraps in its own for most queries and throws as it is for others. */
const driverErrorSchema = z.union([
  z
    .object({ meta: z.object({ driverAdapterError: z.object({ cause: driverCauseSchema }) }) })
    .transform(({ meta }) => meta.driverAdapterError.cause),
  z
    .object({ name: z.literal("DriverAdapterError"), cause: driverCauseSchema })
    .transform(({ cause }) => cause),
]);

const lostKinds = new Set(["DatabaseNotReachable", "ConnectionClosed", "TooManyConnections"]);

/**
 * Postgres' codes for work that met other work and was rolled back: serialization failure, deadlock,
 * a statement or a lock that took too long. The same call may work at once.
 */
const busyCodes = new Set(["40001", "40P01", "57014", "55P03"]);

/**
 * Postgres' classes 08 (connection), 53 (resources) and 57P (shut-down), and its codes for a session
 * that it ended because a transaction was idle or open for too long; Node's socket errors.
 */
const lostCodes = /^(08|53|57P)|^(25P03|25P04|ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|ENOTFOUND)$/;

/** Messages of `pg` for a connection that ended during a query; these errors have no code. */
const lostMessages =
  /connection terminated|connection error|not queryable|timeout expired|timeout exceeded when trying to connect/i;

/** Sentences of the two ways in which a database may not do what it was asked, by their codes. */
const sentences = {
  DATABASE_UNREACHABLE:
    "The database does not answer at the moment. Try again; if it stays so, look whether Postgres runs.",
  DATABASE_BUSY:
    "The database was busy with other changes and rolled this one back. Try again in a moment.",
} as const;

/**
 * Converts any thrown value to an error of the platform.
 * @returns an `OpnasError` as it is; `DATABASE_UNREACHABLE` for a lost connection; `DATABASE_BUSY` for
 * a conflict with another transaction or a time-out; otherwise the result of `toOpnasError`
 */
export function databaseError(error: unknown): OpnasError {
  if (error instanceof OpnasError) return error;
  const code = retryableCode(error);
  if (code === null) return toOpnasError(error);
  const sentence = isTimeOut(error) ? timeOutSentence : sentences[code];
  return new OpnasError(code, sentence, { cause: error });
}

/** Postgres' code for a statement that took too long or was cancelled. */
const cancelledCode = "57014";

const timeOutSentence =
  "The database did not finish this in time and gave it up. Ask for less at once, or try again in a moment.";

function isTimeOut(error: unknown): boolean {
  const driver = driverErrorSchema.safeParse(error).data;
  const own = error instanceof Error && "code" in error ? error.code : undefined;
  return (driver?.originalCode ?? own) === cancelledCode;
}

function retryableCode(error: unknown): keyof typeof sentences | null {
  const driver = driverErrorSchema.safeParse(error).data;
  const own = error instanceof Error && "code" in error ? String(error.code) : "";
  const code = driver?.originalCode ?? own;
  if (busyCodes.has(code) || own === busyPrismaCode) return "DATABASE_BUSY";
  const isLost =
    lostCodes.test(code) ||
    (driver !== undefined && lostKinds.has(driver.kind)) ||
    (error instanceof Prisma.PrismaClientKnownRequestError && lostPrismaCodes.has(error.code)) ||
    (error instanceof Error && lostMessages.test(error.message));
  return isLost ? "DATABASE_UNREACHABLE" : null;
}

/** Returns true for Prisma's error about a row whose unique key is taken. */
export function isUniqueViolation(error: unknown): boolean {
  return error instanceof Prisma.PrismaClientKnownRequestError && error.code === "P2002";
}

/** Postgres' code for a row that names one which is not there. */
const foreignKeyCode = "23503";

/** Returns true for an error about a row that names one which is not there, or not any more. */
export function isForeignKeyViolation(error: unknown): boolean {
  if (error instanceof Prisma.PrismaClientKnownRequestError && error.code === "P2003") return true;
  return driverErrorSchema.safeParse(error).data?.originalCode === foreignKeyCode;
}
