/** Tests the portal's charts in a real browser: their tooltips, the keyboard, and code that does not load. */
import type { Browser, Page, Request } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { openBrowser } from "../support/browser.js";
import { openPage } from "../support/openPage.js";
import { expectToFitPhone } from "../support/phone.js";
import { Platform } from "../support/platform.js";

let platform: Platform;
let browser: Browser;
/** The path of a run that has candidates. */
let run: string;
/** The paths of the scripts that its page loads once it draws its charts. */
let wanted: string[];

beforeAll(async () => {
  platform = await Platform.create();
  browser = await openBrowser();
  await platform.start("smoke");
  const page = await openPage(browser, platform, "/");
  await page.getByTestId("leaderboard-row").nth(1).waitFor();
  await page.goto(`${platform.portal}/runs`);
  const link = page.getByTestId("run-row").last().getByRole("link").first();
  run = (await link.getAttribute("href")) ?? "";
  await page.close();
  wanted = await chartScripts();
});
afterAll(async () => {
  await browser.close();
  await platform.dispose();
});

async function chartScripts(): Promise<string[]> {
  const page = await openPage(browser, platform, "/runs/new");
  await page.waitForLoadState("networkidle");
  const before = new Set(await scripts(page));
  await page.goto(`${platform.portal}${run}`);
  const first = new Set((await page.content()).match(/\/_next\/static\/chunks\/[^"]+?\.js/g) ?? []);
  await page.getByTestId("generation-chart").locator("svg.recharts-surface").waitFor();
  const loaded = await scripts(page);
  await page.close();
  return loaded.filter((address) => !before.has(address) && !first.has(address));
}
const scripts = (page: Page) =>
  page.evaluate(() =>
    performance
      .getEntriesByType("resource")
      .map(({ name }) => new URL(name).pathname)
      .filter((name) => name.endsWith(".js")),
  );

test("a chart whose code cannot be loaded leaves the page whole, and is drawn when the network is back", async () => {
  expect(wanted.length).toBeGreaterThan(0);
  const isWanted = (url: URL) => wanted.includes(url.pathname);
  const page = await openPage(browser, platform, "/runs");
  let loads = 0;
  page.on("load", () => loads++);
  await page.route(isWanted, (route) => route.abort());
  await page.goto(`${platform.portal}${run}`);
  const panel = page.getByTestId("generation-chart");
  await panel.getByTestId("panel-fault").waitFor();
  await page.getByTestId("candidates").getByTestId("leaderboard-row").first().waitFor();
  await expect.poll(() => loads, { timeout: 20_000 }).toBe(2); // The page was opened, and loaded anew once.
  await panel.getByRole("button", { name: "Try again" }).click();
  await panel.getByTestId("panel-fault").waitFor();

  await page.context().setOffline(true);
  await page.getByTestId("connection-lost").waitFor();
  await page.unroute(isWanted);
  await page.context().setOffline(false);
  await panel.locator("svg.recharts-surface").waitFor();
  await page.getByTestId("connection-lost").waitFor({ state: "detached" });
  expect(loads).toBe(2);
  await page.close();
});

test("a chart whose code is of a build that was replaced is there after one reload", async () => {
  const page = await openPage(browser, platform, "/runs");
  let isReplaced = true;
  page.on("load", () => (isReplaced = page.url().endsWith("/runs")));
  await page.route(
    (url) => wanted.includes(url.pathname),
    (route) => (isReplaced ? route.fulfill({ status: 404 }) : route.continue()),
  );
  await page.getByTestId("run-row").last().getByRole("link").first().click();
  await page.getByTestId("generation-chart").locator("svg.recharts-surface").waitFor();
  expect(new URL(page.url()).pathname).toBe(run);
  expect(await page.getByTestId("panel-fault").count()).toBe(0);
  await page.close();
});

test("every place of the generations chart says what is there, by pointer and by keyboard", async () => {
  const page = await openPage(browser, platform, run);
  const chart = page.getByTestId("generation-chart");
  await chart.locator("[data-point]").first().waitFor();
  const tip = chart.getByTestId("chart-tip");
  const box = await chart.locator("svg.recharts-surface").boundingBox();
  if (!box) throw new Error("The chart has no place.");
  for (const index of [0, 1, 2]) {
    const left = box.x + 58 + ((index + 0.5) / 3) * (box.width - 72);
    await page.mouse.move(left, box.y + 12);
    await tip.getByText(`Generation ${index}`, { exact: true }).waitFor();
    await tip.getByText("Best so far").waitFor();
  }
  await expectToFitPhone(page, "run with the tooltip of a generation");
  await page.mouse.move(0, 0);
  const dot = (index: number) => chart.locator(`[data-point="${index}"]`);
  await dot(0).focus();
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowRight");
  expect(await dot(2).evaluate((element) => element === document.activeElement)).toBe(true);
  await tip.getByText(/generation \d/).waitFor();
  const name = (await dot(2).getAttribute("aria-label"))?.split(",")[0] ?? "";
  await page.keyboard.press("Enter");
  await page.getByTestId("architecture-page").getByText(name).first().waitFor();
  await page.close();
});

test("charts have titles on their axes, and the figures of each place", async () => {
  const page = await openPage(browser, platform, run);
  const tip = page.getByTestId("chart-tip");
  const kernels = page.getByTestId("kernels").locator("svg.recharts-surface");
  await page.getByTestId("kernels").scrollIntoViewIfNeeded();
  await kernels.focus();
  await page.keyboard.press("ArrowRight");
  await tip.getByText(/^Layer \d/).waitFor();
  await tip.getByText("Attention").waitFor();
  await expectToFitPhone(page, "run with the tooltip of a layer");
  await page.getByTestId("kernels").getByText("Candidates", { exact: true }).waitFor();

  await page
    .getByTestId("candidates")
    .getByTestId("leaderboard-row")
    .first()
    .getByRole("link")
    .first()
    .click();
  const uniformity = page.getByTestId("uniformity").locator("svg.recharts-surface");
  await page.getByTestId("uniformity").scrollIntoViewIfNeeded();
  await uniformity.focus();
  await page.keyboard.press("ArrowRight");
  await tip.getByText("Layer 1").waitFor();
  await page.close();
});

test("the dots of the Pareto chart are reached by keyboard, over ticks at even distances", async () => {
  const page = await browser.newPage();
  // Nothing that a smoke test trains is stable, as those on a front must be.
  const rows = page.waitForResponse((answer) => isOperation(answer.request(), "LeaderboardPage"));
  await page.route("**/graphql", async (route) => {
    if (!isOperation(route.request(), "ParetoFront")) return route.continue();
    const { data } = boardSchema.parse(await (await rows).json());
    const paretoFront = data.leaderboard.edges.map(({ node }) => node);
    return route.fulfill({
      json: { data: { paretoFront } },
      headers: { ...cors(route.request()) },
    });
  });
  await page.goto(`${platform.portal}/`);
  const pareto = page.getByTestId("pareto");
  await page.getByTestId("leaderboard-row").first().waitFor();
  await pareto.scrollIntoViewIfNeeded();
  await pareto.locator('[data-point="0"]').focus();
  await page.keyboard.press("ArrowRight");
  await pareto
    .getByTestId("chart-tip")
    .getByText(/parameters/)
    .waitFor();
  const places = await pareto
    .locator(".recharts-xAxis-tick-labels text, .recharts-xAxis .recharts-cartesian-axis-tick text")
    .evaluateAll((texts) => texts.map((text) => text.getBoundingClientRect().x));
  const gaps = places.slice(1).map((place, index) => place - (places[index] ?? 0));
  expect(gaps.length).toBeGreaterThan(1);
  expect(Math.max(...gaps) - Math.min(...gaps)).toBeLessThan(12);
  await page.close();
});

const boardSchema = z.object({
  data: z.object({ leaderboard: z.object({ edges: z.array(z.object({ node: z.unknown() })) }) }),
});

function isOperation(request: Request, name: string): boolean {
  return request.method() === "POST" && (request.postData() ?? "").includes(`query ${name}`);
}

function cors(request: Request) {
  const origin = request.headers()["origin"] ?? "";
  return { "access-control-allow-origin": origin, "access-control-allow-credentials": "true" };
}
