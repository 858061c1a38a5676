import type { Browser, Page } from "playwright-core";
import { quantile } from "../api/load.ts";
import { spread } from "../common/statistics.ts";
import type { Report } from "./report.ts";

/** Rows of the leaderboard that has been loaded. */
const settledRows = '[role="table"][aria-busy="false"] [data-testid="leaderboard-row"]';

/** The headings that sort the leaderboard; a second press on the last has the worst scores come first. */
const headings = ["Params", "FLOPs", "Step / BERT", "Run", "Score"];

/**
 * Measures the leaderboard over the whole store: the median time to its first rows of so many visits, and the
 * times from a sort or a filter to other rows, no two of which were read before.
 */
export async function measureMillion(
  browser: Browser,
  portal: string,
  visits: number,
): Promise<Report["million"]> {
  const times: number[] = [];
  while (times.length < visits) times.push(await timeToRows(browser, portal));
  const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
  await page.goto(portal);
  await page.locator(settledRows).first().waitFor();
  const changes: number[] = [];
  for (const heading of headings) {
    const button = page.getByRole("columnheader").getByRole("button", { name: heading });
    for (let press = 0; press < 2; press++) {
      changes.push(await timeOfChange(page, () => button.click()));
    }
  }
  const box = page.getByTestId("filter-box");
  for (let step = 0; step < headings.length * 2; step++) {
    await box.fill(`score > ${32 + step} and params > 1000`);
    changes.push(await timeOfChange(page, () => box.press("Enter")));
  }
  await page.close();
  return { interactive: spread(times).median, filterP95: quantile(changes, 0.95) };
}

/** Returns the milliseconds from the beginning of a navigation, with an empty cache, to rows of the leaderboard. */
async function timeToRows(browser: Browser, portal: string): Promise<number> {
  const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
  await page.goto(portal, { waitUntil: "commit" });
  const shown = await page.waitForFunction(
    (rows) => document.querySelector(rows) !== null && performance.now(),
    settledRows,
  );
  const time = Number(await shown.jsonValue());
  await page.close();
  return time;
}

/** Returns the milliseconds from the event of an act on the page to other rows than before. */
async function timeOfChange(page: Page, act: () => Promise<void>): Promise<number> {
  const changed = page.evaluate(
    (rows) =>
      new Promise<number>((resolve) => {
        const first = () => document.querySelector(rows)?.getAttribute("data-architecture-id");
        const before = first();
        let began: number | undefined;
        const begin = () => (began ??= performance.now());
        addEventListener("click", begin, { capture: true, once: true });
        addEventListener("keydown", begin, { capture: true, once: true });
        const look = () => {
          const now = first();
          if (began === undefined || now === undefined || now === before)
            requestAnimationFrame(look);
          else resolve(performance.now() - began);
        };
        look();
      }),
    settledRows,
  );
  // The act's error is the one to show when the page closes after it.
  const [time] = await Promise.all([changed, act()]);
  return time;
}
