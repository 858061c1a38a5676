/** Tests the portal in a real browser, on everything that `npm start` starts. */
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openBrowser } from "../support/browser.js";
import { type Opened, openPage } from "../support/openPage.js";
import { Platform } from "../support/platform.js";
import { expectToFitPhone, phone } from "../support/phone.js";
import { storedEvents } from "../support/storedEvents.js";
import { until } from "../support/until.js";

let platform: Platform;
let browser: Browser;
const pageErrors: string[] = [];

beforeAll(async () => {
  platform = await Platform.create();
  browser = await openBrowser();
  await platform.start("smoke");
});
afterAll(async () => {
  await browser.close();
  await platform.dispose();
});

/** Opens a page of the portal; its uncaught errors are collected in `pageErrors`. */
const open = (path: string, how: Opened = {}) =>
  openPage(browser, platform, path, { ...how, errors: pageErrors });

const text = (page: Page, id: string) => page.getByTestId(id).first().innerText();

test("the leaderboard fills by itself while the first search runs", async () => {
  const page = await open("/");
  await page.getByTestId("active-run").first().waitFor();
  await page.getByTestId("worker").first().waitFor();
  await expectToFitPhone(page, "leaderboard of a search that has begun");
  await page.getByTestId("leaderboard-row").first().waitFor();
  await page
    .getByTestId("worker")
    .getByText(/^candidate [0-9a-f-]{36}$/)
    .first()
    .waitFor();
  await expectToFitPhone(page, "leaderboard while a worker trains candidates");
  await page.getByTestId("leaderboard-row").nth(2).waitFor();
  const before = await page.getByTestId("leaderboard-row").count();
  await page.waitForFunction(
    (count) => document.querySelectorAll('[data-testid="leaderboard-row"]').length > count,
    before,
  );
  expect(await page.getByTestId("connection-state").getAttribute("data-state")).toBe("live");
  await page.close();
});

test("a search is started from the form, followed, paused, resumed and seen to its end", async () => {
  const page = await open("/");
  await page.getByTestId("new-search").first().click();
  const form = page.getByTestId("start-form");
  await form.getByText("Smoke", { exact: true }).click();
  await form.getByLabel(/^Seed/).fill("11");
  await form.getByLabel(/^Name/).fill("from the browser");
  await page.getByTestId("start-search").click();
  await page.waitForURL(/\/runs\/[0-9a-f-]{36}/);
  await page.getByText("from the browser").first().waitFor();

  await page.getByTestId("event").first().waitFor();
  await page.getByTestId("pause-run").click();
  await page
    .getByTestId("run-status")
    .filter({ hasText: /paused/i })
    .waitFor();
  await expectToFitPhone(page, "paused run");
  await page.getByTestId("resume-run").click();
  await page.getByTestId("candidates").getByTestId("leaderboard-row").first().waitFor();
  await expectToFitPhone(page, "run with its first scores");
  await page.getByTestId("run-status").filter({ hasText: /done/i }).waitFor();
  expect(await text(page, "run-percent")).toContain("100");
  await page.getByTestId("generation-chart").waitFor();
  await page.getByTestId("priorities").waitFor();
  await page.getByTestId("priority-history").getByTestId("heat-map-operation").waitFor();
  await page.getByTestId("kernel-layer").nth(1).waitFor({ state: "attached" });
  await page.getByTestId("candidates").getByTestId("reference").first().waitFor();
  await page.getByTestId("candidates").getByLabel("With references").uncheck();
  await page
    .getByTestId("candidates")
    .getByTestId("reference")
    .first()
    .waitFor({ state: "detached" });
  expect(await page.getByTestId("generation").count()).toBe(3);
  await expectToFitPhone(page, "finished run");
  await page.close();
}, 400_000);

test("an architecture shows its backbone, drawings, formulas, scores and lineage", async () => {
  const page = await open("/");
  await page.getByTestId("leaderboard-row").first().getByRole("link").first().click();
  await page.waitForURL(/\/architectures\//);
  await page.getByTestId("architecture-page").waitFor();
  expect(await page.getByTestId("layer").count()).toBeGreaterThanOrEqual(2);
  const attention = page.locator('[data-testid="layer"][data-kind="ATTENTION"]');
  const graphs = await attention.count();
  await expect.poll(() => page.getByTestId("formula").count(), { timeout: 30_000 }).toBe(graphs);
  expect(await page.getByTestId("graph-drawing").count()).toBe(graphs);
  expect(await page.getByTestId("task-score").count()).toBe(7);
  const layers = await page.getByTestId("layer").count();
  await page.getByTestId("uniformity-layer").first().waitFor({ state: "attached" });
  expect(await page.getByTestId("uniformity-layer").count()).toBe(layers + 1);
  const lastLayer = page.getByTestId("uniformity-layer").last().locator("td");
  for (const similarity of await lastLayer.allTextContents()) {
    expect(similarity).toMatch(/^-?[01]\.\d{3}$/);
  }
  await page.getByTestId("lineage").waitFor();
  await expectToFitPhone(page, "architecture");
  await page.close();
});

test("the leaderboard shows references, and what no architecture beats at its cost", async () => {
  const page = await open("/?references=only");
  await page.getByText("vanilla BERT").first().waitFor();
  const rows = await page.getByTestId("leaderboard-row").count();
  expect(await page.getByTestId("leaderboard").getByTestId("reference").count()).toBe(rows);
  await page.getByLabel("References").selectOption("With references");
  const pareto = page.getByTestId("pareto");
  await pareto.getByText(/Architectures that no other beats/).waitFor();
  await pareto.getByLabel("Cost").selectOption("FLOPs");
  await pareto.getByText(/score and FLOPs/).waitFor();
  await expectToFitPhone(page, "leaderboard with references and a Pareto front");
  await page.close();
});

test("an architecture is pre-trained from its page, and its loss curve grows as it learns", async () => {
  const page = await open("/");
  await page.getByTestId("leaderboard-row").first().getByRole("link").first().click();
  const form = page.getByTestId("pretrain-form");
  await form.getByLabel("Heads").fill("3");
  await form.getByTestId("pretrain").click();
  await form
    .getByText(/must be a multiple of heads/i)
    .first()
    .waitFor();
  await expectToFitPhone(page, "architecture with a pre-training refused");
  for (const [label, value] of [
    ["Steps", "400"],
    ["Layers", "3"],
    ["Hidden", "32"],
    ["Heads", "2"],
  ] as const) {
    await form.getByLabel(label).fill(value);
  }
  await form.getByTestId("pretrain").click();
  const training = page.getByTestId("pretraining").first();
  const points = async () => {
    return Number(await training.getByTestId("pretraining-loss").getAttribute("data-points"));
  };
  await training.getByTestId("pretraining-loss").waitFor();
  const before = await points();
  expect(before).toBeLessThan(400);
  await until("the curve has grown", 120, async () => (await points()) > before);
  await expectToFitPhone(page, "architecture with a pre-training running");
  await training.getByText(/^done$/i).waitFor();
  await until("the curve is whole", 10, async () => (await points()) === 400);
  expect(await training.getByRole("progressbar").getAttribute("aria-valuenow")).toBe("100");
  await expectToFitPhone(page, "architecture with a pre-training done");

  const model = page.getByTestId("export-pytorch");
  await model.getByRole("button").click();
  const link = model.getByRole("link", { name: "Download" });
  await link.waitFor();
  const [download] = await Promise.all([page.waitForEvent("download"), link.click()]);
  expect(download.suggestedFilename()).toMatch(/^opnas-.+-pytorch\.tar$/);
  expect(await download.failure()).toBeNull();
  await page.close();
}, 300_000);

test("a lost connection shows, comes back, and the page has missed nothing", async () => {
  const page = await open("/runs/new");
  await page.getByTestId("start-form").getByText("Smoke", { exact: true }).click();
  await page.getByTestId("start-search").click();
  await page.waitForURL(/\/runs\/[0-9a-f-]{36}/);
  await page.getByTestId("event").first().waitFor();
  platform.killOne("server/dist/main.js");
  await page.getByTestId("connection-lost").waitFor();
  await expectToFitPhone(page, "run without a connection");
  await page.getByTestId("connection-lost").waitFor({ state: "detached" });
  await page.getByTestId("run-status").filter({ hasText: /done/i }).waitFor();
  const shown = () =>
    page
      .getByTestId("event")
      .evaluateAll((rows) => rows.map((row) => Number(row.getAttribute("data-seq"))));
  const stored = await storedEvents(
    platform.apiPort,
    new URL(page.url()).pathname.split("/").at(-1) ?? "",
  );
  expect(stored.map(({ seq }) => seq)).toEqual(stored.map((_, index) => index + 1));
  // The log folds progress reports that follow one another into the newest.
  const isFolded = (index: number) =>
    [stored[index], stored[index + 1]].every((event) => event?.kind === "supernet.progress");
  const expected = stored.filter((_, index) => !isFolded(index)).map(({ seq }) => seq);
  // The run's status and its events come by two streams: either may be the first to be followed again.
  await expect
    .poll(async () => (await shown()).toSorted((a, b) => a - b), { timeout: 10_000 })
    .toEqual(expected);
  await page.close();
}, 400_000);

test("a generation whose best score is known before its candidates' scores is drawn", async () => {
  // So it comes after a lost connection: replayed events carry a generation as it is by now.
  const scores = /"score":[\d.]+/g;
  const page = await open("/runs");
  await page.route("**/graphql", async (route) => {
    const response = await route.fetch();
    await route.fulfill({
      response,
      body: (await response.text()).replace(scores, '"score":null'),
    });
  });
  const done = page.getByTestId("run-row").filter({ hasText: /done/i }).first();
  await page.goto(`${platform.portal}${(await done.getByRole("link").getAttribute("href")) ?? ""}`);
  const chart = page.getByTestId("generation-chart");
  await chart.locator("circle").first().waitFor();
  expect(await chart.locator("circle title").count()).toBe(0);
  await page.close();
});

test("every page fits a phone, in the dark too", async () => {
  const finder = await open("/");
  const architecture = await finder
    .getByTestId("leaderboard-row")
    .first()
    .getAttribute("data-architecture-id");
  await finder.goto(`${platform.portal}/runs`);
  const run = await finder.getByTestId("run-row").getByRole("link").first().getAttribute("href");
  await finder.close();
  if (architecture === null || run === null) throw new Error("There is no architecture or run.");
  const missing = "00000000-0000-4000-8000-000000000000";
  const content = (id: string) => (page: Page) => page.getByTestId(id).first();
  const sentence = (words: string) => (page: Page) => page.getByText(words);
  for (const [path, shown] of [
    ["/", content("leaderboard-row")],
    ["/?q=matches-nothing", sentence("No candidate matches")],
    ["/runs", content("run-row")],
    ["/runs/new", content("start-form")],
    [run, content("generation")],
    [`/runs/${missing}`, sentence("There is no such run")],
    [`/architectures/${architecture}`, content("uniformity-layer")],
    [`/architectures/${missing}`, sentence("There is no such architecture")],
  ] as const) {
    const page = await open(path, { size: phone, colorScheme: "dark" });
    await shown(page).waitFor({ state: "attached" });
    await page.waitForLoadState("networkidle");
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    expect(`${path}: ${String(width)}`).toBe(`${path}: 390`);
    const background = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const [red = 255] = background.match(/\d+(\.\d+)?/g)?.map(Number) ?? [];
    expect(red).toBeLessThan(80);
    await page.close();
  }
});

test("no page threw an error meanwhile", () => {
  expect(pageErrors).toEqual([]);
});

test("Ctrl-C ends every process, and a later start finds all data", async () => {
  const started = platform.processes();
  expect(started.length).toBeGreaterThan(4);
  const before = performance.now();
  expect(await platform.interrupt()).toBe(0);
  expect((performance.now() - before) / 1000).toBeLessThan(10);
  await until("every process of the platform is gone", 10, () =>
    Promise.resolve(started.every(({ pid }) => !isAlive(pid))),
  );

  await platform.start("smoke");
  const page = await open("/runs");
  await page.getByText("from the browser").first().waitFor();
  expect(await page.getByTestId("run-row").count()).toBe(3);
  await page.close();
});

test("after everything was killed within the super-net, a start goes on with the run", async () => {
  const page = await open("/runs/new");
  await page.getByTestId("start-form").getByText("Smoke", { exact: true }).click();
  await page.getByTestId("start-search").click();
  await page.waitForURL(/\/runs\/[0-9a-f-]{36}/);
  const { pathname } = new URL(page.url());
  await page
    .getByText(/super-net/i)
    .first()
    .waitFor();
  await page.getByTestId("event").nth(2).waitFor();
  await platform.killEverything();
  await page.close();

  await platform.start("smoke");
  const later = await open(pathname);
  await later.getByTestId("run-status").filter({ hasText: /done/i }).waitFor({ timeout: 240_000 });
  await later.close();
}, 500_000);

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
