/** Tests what people say of a run, and clones of it, on its page in a browser. */
import { createClient, openQueue, startRun } from "@opnas/prisma";
import { presetNamed } from "@opnas/core";
import { testDatabase } from "@opnas/prisma/testing";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openWatched } from "../support/accountPage.js";
import { openBrowser } from "../support/browser.js";
import { expectToFitPhone } from "../support/phone.js";
import { Portal } from "../support/portal.js";

const databaseUrl = await testDatabase();
const db = createClient(databaseUrl);
const queue = await openQueue(databaseUrl, { supervise: false, onError: () => undefined });
let portal: Portal;
let browser: Browser;
const errors: string[] = [];

beforeAll(async () => {
  portal = await Portal.start(databaseUrl, "local");
  browser = await openBrowser();
}, 240_000);
afterAll(async () => {
  await browser.close();
  await portal.stop();
  await queue.stop({ graceful: false });
  await db.$disconnect();
  expect(errors).toEqual([]);
});

const { settings } = presetNamed("smoke");
const start = (name: string) => startRun(db, queue, { name, seed: 7, preset: "smoke", settings });

test("a run is named, tagged and given a note on its page, and what is refused stays in the form", async () => {
  const { id } = await start("first name");
  const page = await openWatched(browser, `${portal.url}/runs/${id}`, errors);
  await page.getByTestId("describe-run").click();
  const form = page.getByTestId("describe-run-form");
  await form.getByLabel("Name").fill("");
  await form.getByLabel("Tags").fill("alpha, beta one,");
  await form.getByLabel("Note").fill("line one\nline two");
  await form.getByRole("button", { name: "Save" }).click();
  await form.getByRole("alert").first().waitFor();
  await form.getByLabel("Name").fill("second name");
  await form.getByRole("button", { name: "Save" }).click();
  await form.waitFor({ state: "detached" });
  await page.getByRole("heading", { name: /second name/ }).waitFor();
  expect(await page.getByTestId("run-tags").locator("> *").allInnerTexts()).toEqual([
    "alpha",
    "beta one",
  ]);
  expect(await page.getByTestId("run-note").innerText()).toBe("line one\nline two");
  await expectToFitPhone(page, "run with tags and a note");

  await page.reload();
  await page.getByTestId("describe-run").click();
  await form.getByLabel("Tags").fill("beta one, gamma");
  await form.getByLabel("Note").fill("");
  await form.getByRole("button", { name: "Save" }).click();
  await form.waitFor({ state: "detached" });
  await page.getByTestId("run-note").waitFor({ state: "detached" });
  expect(await db.searchRun.findUniqueOrThrow({ where: { id } })).toMatchObject({
    name: "second name",
    note: null,
    tags: ["beta one", "gamma"],
  });
  await page.close();
}, 240_000);

test("a clone starts with another seed and other settings, and a wrong one is told at its field", async () => {
  const { id } = await start("to clone");
  const page = await openWatched(browser, `${portal.url}/runs/${id}`, errors);
  await page.getByTestId("clone-run").click();
  const form = page.getByTestId("clone-run-form");
  await form.getByLabel("Seed").fill("11");
  for (const wrong of ["{generations", '{"generations": -1}']) {
    await form.getByLabel("Settings that differ").fill(wrong);
    await form.getByRole("button", { name: "Start the clone" }).click();
    await form.getByRole("alert").first().waitFor();
  }
  await form.getByLabel("Settings that differ").fill('{"generations": 3}');
  await form.getByRole("button", { name: "Start the clone" }).click();
  await page.waitForURL((url) => url.pathname !== `/runs/${id}`);
  await page.getByRole("heading", { name: /to clone \(clone\)/ }).waitFor();
  const clone = await db.searchRun.findUniqueOrThrow({
    where: { id: new URL(page.url()).pathname.split("/").at(-1) ?? "" },
  });
  expect(clone).toMatchObject({ seed: 11, preset: "smoke", settings: { generations: 3 } });
  expect(await db.searchRun.count({ where: { name: "to clone (clone)" } })).toBe(1);
  await page.close();
}, 240_000);
