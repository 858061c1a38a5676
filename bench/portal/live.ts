import { setTimeout as sleep } from "node:timers/promises";
import { createClient, type Database } from "@opnas/prisma";
import type { Browser, Page } from "playwright-core";
import { type OpenCandidates, openCandidates, writeResult } from "../api/results.ts";
import { spread } from "../common/statistics.ts";
import type { Report } from "./report.ts";

/** Results a second whose time to the page is measured; more would wait for one another. */
const measuredPerSecond = 5;

/** Measures how soon results are on a run's page, and how long its thread is busy where many come in. */
export async function measureLive(
  browser: Browser,
  portal: string,
  databaseUrl: string,
  { changes, seconds }: { changes: number; seconds: number },
): Promise<Report["live"]> {
  const database = createClient(databaseUrl, 8);
  try {
    const measured = await openCandidates(database, Math.ceil(measuredPerSecond * seconds));
    const eventToPage = await timeToPage(browser, portal, database, measured);
    const many = await openCandidates(database, Math.ceil(changes * seconds));
    return {
      eventToPage,
      longestTask: await longestTask(browser, portal, database, many, changes),
    };
  } finally {
    await database.$disconnect();
  }
}

/** Returns the median milliseconds from the beginning of a result's transaction to its line among the run's events. */
async function timeToPage(
  browser: Browser,
  portal: string,
  database: Database,
  run: OpenCandidates,
): Promise<number> {
  const page = await openLive(browser, `${portal}/runs/${run.runId}`);
  const times: number[] = [];
  for (const id of run.architectures) {
    const link = `[data-testid="event"] a[href="/architectures/${id}"]`;
    const shown = page.waitForFunction(
      (line) => document.querySelector(line) !== null && performance.timeOrigin + performance.now(),
      link,
    );
    await sleep(1_000 / measuredPerSecond);
    const began = performance.timeOrigin + performance.now();
    await writeResult(database, run, id);
    times.push(Number(await (await shown).jsonValue()) - began);
  }
  await page.close();
  return spread(times).median;
}

/** Returns the milliseconds of the longest task of the leaderboard's thread while results are written. */
async function longestTask(
  browser: Browser,
  portal: string,
  database: Database,
  run: OpenCandidates,
  perSecond: number,
): Promise<number> {
  const page = await openLive(browser, portal);
  await page.getByTestId("leaderboard-row").first().waitFor();
  await page.waitForLoadState("networkidle");
  await page.evaluate(() => {
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) performance.mark("long", { detail: duration });
    }).observe({ type: "longtask" });
  });
  const began = performance.now();
  const writes = run.architectures.map(async (id, index) => {
    await sleep(Math.max(0, began + (1_000 * index) / perSecond - performance.now()));
    // Among the best, so that every result changes the rows that are shown.
    await writeResult(database, run, id, 90 + index / run.architectures.length);
  });
  await Promise.all(writes);
  await sleep(1_000);
  const longest = await page.evaluate(() => {
    const durations = performance.getEntriesByName("long").map((mark) => {
      return mark instanceof PerformanceMark ? Number(mark.detail) : 0;
    });
    return Math.max(0, ...durations);
  });
  await page.close();
  return longest;
}

/** Opens a page and waits until it is told of changes. */
async function openLive(browser: Browser, url: string): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
  await page.goto(url);
  await page.locator('[data-testid="connection-state"][data-state="live"]').waitFor();
  return page;
}
