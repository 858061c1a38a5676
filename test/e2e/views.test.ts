/** Tests the portal's pages in a real browser: order, conditions, Back, long names, a narrow screen, a slow or lost API. */
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openBrowser } from "../support/browser.js";
import { openPage } from "../support/openPage.js";
import { expectToFitPhone, phone } from "../support/phone.js";
import { Platform } from "../support/platform.js";

let platform: Platform;
let browser: Browser;
/** The path of a run that has candidates. */
let run: string;

beforeAll(async () => {
  platform = await Platform.create();
  browser = await openBrowser();
  await platform.start("smoke");
  const page = await open("/runs");
  run = (await runRows(page).last().getByRole("link").first().getAttribute("href")) ?? "";
  await page.goto(`${platform.portal}${run}`);
  await page.getByTestId("run-status").getByText("Done").waitFor();
  for (const letter of ["W", "M"]) await startAndCancel(letter.repeat(100));
  await page.close();
});
afterAll(async () => {
  await browser.close();
  await platform.dispose();
});

const open = (path: string, size?: typeof phone) =>
  openPage(browser, platform, path, size ? { size } : {});
const runRows = (page: Page) => page.getByTestId("run-row");
const rows = (page: Page) => page.getByTestId("leaderboard-row");
const width = (page: Page) => page.evaluate(() => document.documentElement.scrollWidth);

async function api(query: string, variables: object): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${platform.apiPort}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ query, variables }),
  });
  return response.text();
}

/** Starts a search of a name, and cancels it before it did anything. */
async function startAndCancel(name: string): Promise<void> {
  const start = `mutation ($name: String) { startSearch(input: { preset: "smoke", name: $name }) { id } }`;
  const id = /"id":"([^"]+)"/.exec(await api(start, { name }))?.[1];
  await api("mutation ($id: ID!) { cancelSearch(id: $id) { id } }", { id });
}

test("long names break on every page, on a phone and on a desktop", async () => {
  const page = await open("/runs");
  await page.getByText("W".repeat(100)).first().waitFor();
  await expectToFitPhone(page, "runs with a long name");
  await runRows(page).filter({ hasText: "WWW" }).getByRole("link").first().click();
  await page.getByTestId("run-page").waitFor();
  await expectToFitPhone(page, "run with a long name");
  expect(await width(page)).toBe(1280);
  await page.goto(`${platform.portal}/`);
  await rows(page).first().waitFor();
  await expectToFitPhone(page, "leaderboard with a long name");
  expect(await width(page)).toBe(1280);
  await page.close();
});

test("a phone sorts by every column, and the first sort by a cost has the cheapest first", async () => {
  for (const path of ["/", run]) {
    const page = await open(path, phone);
    await rows(page).first().waitFor();
    const bar = page.getByTestId("sort-bar");
    const first = () => rows(page).first().getAttribute("data-architecture-id");
    await bar.getByLabel("Sort by").selectOption("Params");
    await bar.getByRole("button", { name: /^Ascending/ }).waitFor();
    await expect.poll(() => isSorted(page)).toBe(true);
    const cheapest = await first();
    await bar.getByRole("button", { name: /^Ascending/ }).click();
    await bar.getByRole("button", { name: /^Descending/ }).waitFor();
    await expect.poll(first).not.toBe(cheapest);
    expect(await width(page)).toBe(phone.width);
    await page.close();
  }
});

/** Reports whether the rows come in the order of the parameters that they show. */
async function isSorted(page: Page): Promise<boolean> {
  const texts = await rows(page).allInnerTexts();
  const params = texts.map((text) => Number(/([\d.]+)k parameters/.exec(text)?.[1]));
  return params.every((value, index) => value >= (params[index - 1] ?? 0));
}

test("an unknown run in the address is named as such, and can be taken away", async () => {
  const unknown = "00000000-0000-4000-8000-000000000000";
  const page = await open(`/?run=${unknown}&preset=gone`);
  await page.getByText("There is no such run").waitFor();
  expect(await page.getByTestId("error-notice").count()).toBe(0);
  await page.getByRole("button", { name: "Show all runs" }).click();
  await page.getByLabel("Preset").selectOption("All presets");
  await rows(page).first().waitFor();
  expect(new URL(page.url()).search).toBe("");

  await page.goto(`${platform.portal}/?run=${unknown}`);
  await page.getByText("There is no such run").waitFor();
  await page.getByLabel("Run", { exact: true }).selectOption("All runs");
  await rows(page).first().waitFor();
  await page.close();
});

test("Back leads to the list as it was: search, status, loaded rows, place", async () => {
  const page = await open("/runs");
  const box = page.getByRole("combobox", { name: "Search or filter" });
  await box.fill("MMM");
  await page.getByLabel("Status").selectOption("Cancelled");
  // The list is read twice: what is typed counts later than what is chosen.
  await expect.poll(() => runRows(page).count()).toBe(1);
  await runRows(page).first().getByRole("link").first().click();
  await page.getByTestId("run-page").waitFor();
  await page.goBack();
  await runRows(page).first().waitFor();
  expect(await box.inputValue()).toBe("MMM");
  expect(await page.getByLabel("Status").inputValue()).toBe("CANCELLED");
  expect(await runRows(page).count()).toBe(1);

  await page.goto(`${platform.portal}${run}`);
  const more = page.getByTestId("load-more");
  await more.click();
  await rows(page).nth(12).waitFor();
  const loaded = await rows(page).count();
  await rows(page).last().scrollIntoViewIfNeeded();
  const place = await page.evaluate(() => window.scrollY);
  await rows(page).last().getByRole("link").first().click();
  await page.getByTestId("architecture-page").waitFor();
  await page.goBack();
  await expect.poll(() => rows(page).count()).toBe(loaded);
  await expect.poll(() => page.evaluate(() => window.scrollY)).toBeGreaterThan(place - 200);
  await page.close();
});

test("a page asks for each of its answers once, packed, and does not jump when they come", async () => {
  for (const path of ["/", run]) {
    const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
    const asked: string[] = [];
    const plain: string[] = [];
    page.on("request", (request) => {
      if (request.method() === "POST") asked.push(request.postData() ?? "");
    });
    page.on("response", (response) => {
      if (response.request().method() !== "POST") return;
      const { "content-encoding": encoding, "content-length": length } = response.headers();
      const isLarge = Number(length ?? Infinity) > 1_100;
      if (isLarge && encoding === undefined) plain.push(response.request().postData() ?? "");
    });
    await page.addInitScript(() => {
      let shift = 0;
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) {
          if ("value" in entry && typeof entry.value === "number") shift += entry.value;
        }
        document.documentElement.dataset["shift"] = String(shift);
      }).observe({ type: "layout-shift", buffered: true });
    });
    await page.goto(`${platform.portal}${path}`);
    await rows(page).first().waitFor();
    await page.waitForLoadState("networkidle");
    await page.waitForTimeout(1_500);
    const shift = await page.evaluate(() => Number(document.documentElement.dataset["shift"] ?? 0));
    expect(asked.filter((each, index) => asked.indexOf(each) !== index)).toEqual([]);
    expect(plain).toEqual([]);
    expect(shift, path).toBeLessThan(0.05);
    await page.close();
  }
});

test("without the API there is one notice, and without scripts a sentence", async () => {
  const page = await browser.newPage();
  await page.route(
    (url) => url.port === String(platform.apiPort),
    (route) => route.abort(),
  );
  await page.routeWebSocket(/graphql/, (socket) => socket.close());
  await page.goto(`${platform.portal}/`);
  await page.getByTestId("connection-lost").waitFor();
  await page.waitForTimeout(1_000);
  expect(await page.getByTestId("error-notice").count()).toBe(0);
  expect(await page.getByText(/API/).count()).toBe(1);
  await page.close();

  const bare = await browser.newPage({ javaScriptEnabled: false });
  await bare.goto(`${platform.portal}/runs`);
  await bare.getByText(/drawn by JavaScript/).waitFor();
  await bare.close();
});

test("an address without a page has a heading, and answers 404", async () => {
  const page = await browser.newPage();
  const response = await page.goto(`${platform.portal}/nothing`);
  expect(response?.status()).toBe(404);
  await page.getByRole("heading", { level: 1, name: "There is no such page" }).waitFor();
  await page.close();
});

test.each(["/runs/%ff", "/architectures/%E0%A4%A"])(
  "an unreadable address, %s, is refused",
  async (path) => {
    expect((await fetch(`${platform.portal}${path}`)).status).toBe(400);
  },
);

test("no page or file of the portal may be framed by another site", async () => {
  for (const path of ["/", "/runs", "/nothing", "/icon.svg"]) {
    const { headers } = await fetch(`${platform.portal}${path}`);
    expect(headers.get("content-security-policy"), path).toContain("frame-ancestors 'none'");
    expect(headers.get("x-content-type-options"), path).toBe("nosniff");
    expect(headers.get("referrer-policy"), path).toBe("same-origin");
  }
});
