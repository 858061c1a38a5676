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
  /** Requests a second. */
  throughput: z.object({ ours: z.number(), yoga: z.number(), bare: z.number() }).nullable(),
});

/** The report of `bench:api`. */
export type Report = z.output<typeof reportSchema>;
