import { OpnasError } from "@opnas/core";
import { openPool } from "@opnas/prisma";
import { GraphQLError } from "graphql";
import {
  RateLimiterMemory,
  RateLimiterPostgres,
  RateLimiterRes,
  type RateLimiterAbstract,
} from "rate-limiter-flexible";

/** Seconds over which the requests of one caller are counted. */
const windowSeconds = 60;

/** The stores of the counts: this process, or Postgres for all processes that serve one database. */
export const rateLimitStores = ["memory", "postgres"] as const;
export type RateLimitStore = (typeof rateLimitStores)[number];

/** Limits how often one caller may ask. */
export interface RateLimit {
  /** Counts an operation of a caller. @throws GraphQLError `RATE_LIMITED` when it is one too many */
  count(key: string): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Creates the limit of operations per minute and caller.
 * @param most the most per minute; null: no limit
 */
export function createRateLimit(
  most: number | null,
  store: RateLimitStore,
  databaseUrl: string,
): RateLimit {
  if (most === null) return { count: () => Promise.resolve(), stop: () => Promise.resolve() };
  const memory = new RateLimiterMemory({ points: most, duration: windowSeconds });
  if (store === "memory") return limitBy(memory, most, () => Promise.resolve());
  const pool = openPool(databaseUrl, "opnas-limits", 2);
  pool.on("error", () => undefined);
  const shared = new RateLimiterPostgres({
    storeClient: pool,
    points: most,
    duration: windowSeconds,
    tableName: "RateLimit",
    tableCreated: true,
    // Without the database each process counts by itself.
    insuranceLimiter: memory,
  });
  return limitBy(shared, most, () => pool.end());
}

function limitBy(limiter: RateLimiterAbstract, most: number, stop: () => Promise<void>): RateLimit {
  return {
    count: async (key) => {
      try {
        await limiter.consume(key);
      } catch (refused) {
        if (!(refused instanceof RateLimiterRes)) throw refused;
        throw tooOften(most, Math.ceil(refused.msBeforeNext / 1000));
      }
    },
    stop,
  };
}

function tooOften(most: number, seconds: number): GraphQLError {
  const { code, kind, message } = new OpnasError(
    "RATE_LIMITED",
    `You asked more than ${most} times within a minute: wait ${seconds} s and try again.`,
  );
  const http = { status: 429, headers: new Map([["retry-after", String(seconds)]]) };
  return new GraphQLError(message, {
    extensions: { code, kind, retryAfterSeconds: seconds, http },
  });
}
