import { z } from "zod";

const milliseconds = z.number().positive();

/** The form of what `bench:api` reports; parts that were left out are empty. */
export const reportSchema = z.object({
  pages: z.array(
    z.object({
      name: z.string(),
      p50: milliseconds,
      p95: milliseconds,
      /** Statements of one request. */
      statements: z.int().min(1),
      /** The time of one request while nobody else asks. */
      alone: milliseconds,
    }),
  ),
  subscribers: z.array(
    z.object({
      count: z.int(),
      changesPerSecond: z.number(),
      p50: milliseconds,
      p99: milliseconds,
      lost: z.int(),
      statementsPerChange: z.number(),
    }),
  ),
  downloads: z.array(
    z.object({
      name: z.string(),
      rows: z.int(),
      seconds: z.number().positive(),
      /** The server's most resident memory in either half of the time, in MiB. */
      memory: z.object({ first: z.number(), second: z.number() }),
    }),
  ),
  /** Requests a second. */
  throughput: z.object({ ours: z.number(), yoga: z.number(), bare: z.number() }).nullable(),
});

/** The report of `bench:api`. */
export type Report = z.output<typeof reportSchema>;
