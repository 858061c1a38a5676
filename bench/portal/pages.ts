import lighthouse, { desktopConfig } from "lighthouse";
import { z } from "zod";
import { spread } from "../common/statistics.ts";
import type { Report } from "./report.ts";

type Measured = Report["pages"][number];

const share = z.object({ score: z.number() });
const value = z.object({ numericValue: z.number() });

/** The part of Lighthouse's result that is read. */
const resultSchema = z.object({
  categories: z.object({ performance: share, accessibility: share, "best-practices": share }),
  audits: z.object({
    "cumulative-layout-shift": value,
    "largest-contentful-paint": value,
    "network-requests": z.object({
      details: z.object({
        items: z.array(z.object({ resourceType: z.string(), transferSize: z.number() })),
      }),
    }),
  }),
});

/**
 * Measures a page by Lighthouse as a desktop opens it: each figure is the median of so many visits, with an
 * empty cache each.
 *
 * @param debugPort the port at which the browser takes commands
 */
export async function measurePage(
  debugPort: number,
  portal: string,
  path: string,
  visits: number,
): Promise<Measured> {
  const measured: Measured[] = [];
  while (measured.length < visits) measured.push(await visit(debugPort, portal, path));
  const median = (figure: (of: Measured) => number) => spread(measured.map(figure)).median;
  return {
    path,
    scriptBytes: Math.round(median(({ scriptBytes }) => scriptBytes)),
    cls: median(({ cls }) => cls),
    lcp: median(({ lcp }) => lcp),
    performance: median(({ performance }) => performance),
    accessibility: median(({ accessibility }) => accessibility),
    bestPractices: median(({ bestPractices }) => bestPractices),
  };
}

async function visit(port: number, portal: string, path: string): Promise<Measured> {
  const onlyCategories = ["performance", "accessibility", "best-practices"];
  const flags = { port, onlyCategories, logLevel: "error" } as const;
  const result = await lighthouse(`${portal}${path}`, flags, desktopConfig);
  const { categories, audits } = resultSchema.parse(result?.lhr);
  const scripts = audits["network-requests"].details.items.filter(
    ({ resourceType }) => resourceType === "Script",
  );
  return {
    path,
    scriptBytes: scripts.reduce((sum, { transferSize }) => sum + transferSize, 0),
    cls: audits["cumulative-layout-shift"].numericValue,
    lcp: audits["largest-contentful-paint"].numericValue,
    performance: Math.round(100 * categories.performance.score),
    accessibility: Math.round(100 * categories.accessibility.score),
    bestPractices: Math.round(100 * categories["best-practices"].score),
  };
}
