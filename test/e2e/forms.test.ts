/** Tests the portal's forms in a real browser: what they refuse, how they say so, and what they keep. */
import { mkdir } from "node:fs/promises";
import path from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openBrowser } from "../support/browser.js";
import { openPage } from "../support/openPage.js";
import { expectToFitPhone } from "../support/phone.js";
import { Platform } from "../support/platform.js";

let platform: Platform;
let browser: Browser;

beforeAll(async () => {
  platform = await Platform.create();
  browser = await openBrowser();
  await platform.start("off");
});
afterAll(async () => {
  await browser.close();
  await platform.dispose();
});

async function openForm(): Promise<Page> {
  const page = await openPage(browser, platform, "/runs/new");
  await page.getByTestId("start-form").getByText("Smoke", { exact: true }).click();
  return page;
}
const setting = (page: Page, name: string) => page.locator(`[name="${name}"]`);
const unfold = (page: Page) => page.getByText("Advanced settings").click();

test("a wrong value in a folded section is named, shown and focused when the search is started", async () => {
  const page = await openForm();
  await unfold(page);
  await setting(page, "population").fill("2.5");
  await unfold(page);
  await setting(page, "population").waitFor({ state: "hidden" });
  await page
    .getByTestId("faults")
    .getByText(/Population/)
    .waitFor();
  await page.getByTestId("start-search").click();
  await setting(page, "population").waitFor({ state: "visible" });
  const focused = await page.evaluate(() => document.activeElement?.getAttribute("name"));
  expect(focused).toBe("population");
  await page.getByText("Enter a whole number from 2 to 10,000.").waitFor();
  await setting(page, "population").fill("4");
  await page.getByTestId("faults").waitFor({ state: "detached" });
  expect(page.url()).toMatch(/\/runs\/new$/);
  await page.close();
});

test("an error of the API goes when a field that it names is corrected", async () => {
  const page = await openForm();
  await unfold(page);
  await setting(page, "population").fill("2");
  await setting(page, "parents").fill("9");
  await page.getByTestId("start-search").click();
  const sentence = page.getByText("Parents must not exceed population.");
  await sentence.waitFor();
  await expectToFitPhone(page, "form with a setting refused");
  await setting(page, "generations").fill("1");
  expect(await sentence.count()).toBe(1);
  await setting(page, "population").fill("9");
  await sentence.waitFor({ state: "detached" });
  expect(await page.getByTestId("error-notice").count()).toBe(0);
  await page.close();
});

test("settings with a set of values are chosen from a list, and seeds have a range", async () => {
  const page = await openForm();
  await unfold(page);
  for (const [name, chosen] of [
    ["survivors", "youngest"],
    ["scoreUnit", "deviations"],
    ["evaluator", "external"],
    ["superNet.branches", "one"],
  ] as const) {
    await setting(page, name).selectOption(chosen);
    expect(await setting(page, name).inputValue()).toBe(chosen);
  }
  await setting(page, "seed").fill("99999999999");
  await page.getByText("Enter a whole number from 0 to 2,147,483,647.").waitFor();
  await page.close();
});

test("an unknown text folder is refused before the start, with the folders that there are", async () => {
  await mkdir(path.join(platform.dataFolder, "text", "poems"), { recursive: true });
  const page = await openForm();
  await unfold(page);
  await setting(page, "text.folder").fill("poetry");
  await page.getByTestId("start-search").click();
  await page.getByText(/there is no folder “poetry” .* poems/i).waitFor();
  expect(page.url()).toMatch(/\/runs\/new$/);
  await setting(page, "text.folder").fill("poems");
  await page.getByText(/there is no folder “poetry”/i).waitFor({ state: "detached" });
  await page.close();
});

test("what was typed outlives another preset and another page, until it is taken back or started", async () => {
  const page = await openForm();
  await page.getByLabel(/^Name/).fill("a draft");
  await unfold(page);
  await setting(page, "generations").fill("7");
  await page.getByTestId("start-form").getByText("Tiny", { exact: true }).click();
  expect(await setting(page, "generations").inputValue()).toBe("7");
  await page.getByRole("link", { name: "Runs" }).click();
  await page.waitForURL(/\/runs$/);
  await page.goBack();
  await unfold(page);
  expect(await page.getByLabel(/^Name/).inputValue()).toBe("a draft");
  expect(await page.getByRole("radio", { name: /^Tiny ·/ }).isChecked()).toBe(true);
  expect(await setting(page, "generations").inputValue()).toBe("7");
  await page.getByRole("button", { name: "All as in the preset" }).click();
  expect(await setting(page, "generations").inputValue()).not.toBe("7");
  await page.close();
});

test("a start leads to the run, with the focus on its heading, and leaves an empty form behind", async () => {
  const page = await openForm();
  await page.getByLabel(/^Name/).fill("n".repeat(190));
  await page.getByTestId("start-search").click();
  await page.waitForURL(/\/runs\/[0-9a-f-]{36}/);
  await page.getByTestId("run-page").waitFor();
  await expect
    .poll(() => page.evaluate(() => document.activeElement?.tagName), { timeout: 10_000 })
    .toBe("H1");
  await page.getByTestId("cancel-run").click();
  await page.getByRole("button", { name: "Cancel the search" }).click();
  await page.getByTestId("run-status").getByText("Cancelled").waitFor();
  await page
    .getByText(/None: the search was cancelled before/)
    .first()
    .waitFor();
  expect(await page.getByText(/Scores appear here one by one/).count()).toBe(0);
  await page.getByTestId("new-search").click();
  expect(await page.getByLabel(/^Name/).inputValue()).toBe("");
  await page.close();
});
