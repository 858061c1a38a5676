import { z } from "zod";

const milliseconds = z.number().positive();
/** A score of Lighthouse, 0 to 100. */
const points = z.number().min(0).max(100);

/** The form of what `bench:portal` reports; times are in milliseconds. */
export const reportSchema = z.object({
  pages: z.array(
    z.object({
      path: z.string(),
      /** The bytes of all scripts that opening the page loads, compressed. */
      scriptBytes: z.int().positive(),
      /** The cumulative layout shift. */
      cls: z.number().min(0),
      /** The largest contentful paint. */
      lcp: milliseconds,
      performance: points,
      accessibility: points,
      bestPractices: points,
    }),
  ),
  /** The leaderboard over the whole store. */
  million: z.object({
    /** From the navigation to the first rows. */
    interactive: milliseconds,
    /** From a filter or a sort to its rows. */
    filterP95: milliseconds,
  }),
  live: z.object({
    /** From the beginning of a result's transaction to its line on the page, the median. */
    eventToPage: milliseconds,
    /** The longest task of the page's thread while results come in; 0 where none reaches 50 ms. */
    longestTask: z.number().min(0),
  }),
});

/** The report of `bench:portal`. */
export type Report = z.output<typeof reportSchema>;
