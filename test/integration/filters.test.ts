/** Tests filters and saved views of the portal's lists: the built API with accounts, a real browser. */
import { bertLayer } from "@opnas/core";
import { createClient, type Database } from "@opnas/prisma";
import { testDatabase } from "@opnas/prisma/testing";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { expectCount, openWatched, signIn } from "../support/accountPage.js";
import { createArchitecture } from "../support/architecture.js";
import { openBrowser } from "../support/browser.js";
import { expectToFitPhone } from "../support/phone.js";
import { Portal } from "../support/portal.js";

// Three programs start beside the browser, on a machine that runs other tests too.
vi.setConfig({ testTimeout: 180_000 });

let db: Database;
let portal: Portal;
let browser: Browser;
let admin: Page;
const errors: string[] = [];

/** Stores the rows of a leaderboard, as if workers had scored them. */
async function storeArchitectures(): Promise<void> {
  for (const { name, score, tags } of [
    { name: "best-swan", score: 70, tags: ["good"] },
    { name: "calm-dove", score: 60, tags: [] },
    { name: "dull-crow", score: 40, tags: [] },
  ]) {
    const id = await createArchitecture(db, { version: 1, layers: [bertLayer] });
    const data = { name, score, tags, stability: "STABLE" } as const;
    await db.architecture.update({ where: { id }, data });
  }
}

beforeAll(async () => {
  const databaseUrl = await testDatabase();
  [browser, portal] = await Promise.all([openBrowser(), Portal.start(databaseUrl, "accounts")]);
  db = createClient(databaseUrl, 1);
  await storeArchitectures();
  const password = await portal.createAdmin("ada@example.org");
  admin = await openWatched(browser, `${portal.url}/`, errors);
  await signIn(admin, "ada@example.org", password);
}, 120_000);
afterAll(async () => {
  await browser.close();
  await portal.stop();
  await db.$disconnect();
});

test("the leaderboard takes a name or a filter, marks a fault and corrects it", async () => {
  await admin.goto(`${portal.url}/`);
  const rows = admin.getByTestId("leaderboard-row");
  await expectCount(rows, 3);
  const box = admin.getByTestId("filter-box");
  await box.fill("calm");
  await expectCount(rows, 1);
  expect(new URL(admin.url()).searchParams.get("q")).toBe("calm");

  await box.fill("scor");
  await admin.getByRole("option", { name: /^score/ }).click();
  expect(await box.inputValue()).toBe("score ");
  await box.pressSequentially("> 55 and stabi");
  await box.press("ArrowDown");
  await box.press("Enter");
  await box.pressSequentially("= ");
  await admin.getByRole("option", { name: "stable" }).click();
  await box.press("Enter");
  await expectCount(rows, 2);
  const { searchParams } = new URL(admin.url());
  expect([searchParams.get("q"), searchParams.get("where")]).toEqual([
    null,
    "score > 55 and stability = stable",
  ]);

  await box.fill("score > 55 and tga = good");
  await box.press("Enter");
  const fault = admin.getByTestId("filter-fault");
  await fault.getByText(/At character 16, tga is no field/).waitFor();
  expect(await admin.getByTestId("filter-mark").innerText()).toBe("tga");
  expect(await admin.getByTestId("error-notice").count()).toBe(0);
  await expectToFitPhone(admin, "leaderboard with a filter at fault");
  await fault.getByRole("button", { name: "Use tag" }).click();
  await fault.waitFor({ state: "detached" });
  await expectCount(rows, 1);
  expect(await rows.innerText()).toContain("best-swan");

  await admin.getByTestId("filter-help").click();
  await admin.getByRole("button", { name: "score > 55 and stable", exact: true }).click();
  await expectCount(rows, 2);
});

test("a view is saved, opened, changed, renamed and deleted", async () => {
  await admin.goto(`${portal.url}/?where=${encodeURIComponent("tag = good")}&references=none`);
  const menu = admin.getByTestId("view-menu");
  const views = admin.getByTestId("saved-view");
  await menu.click();
  const form = admin.getByTestId("save-view");
  await form.getByLabel("Save this view as").fill("good ones");
  await form.getByRole("button").click();
  await views.getByText("not reference and tag = good").waitFor();
  await admin.keyboard.press("Escape");

  await admin.goto(`${portal.url}/`);
  await expectCount(admin.getByTestId("leaderboard-row"), 3);
  await menu.click();
  await views.getByRole("link", { name: /good ones/ }).click();
  await expectCount(admin.getByTestId("leaderboard-row"), 1);
  expect(await admin.getByTestId("filter-box").inputValue()).toBe("not reference and tag = good");
  await admin.getByTestId("filter-box").fill("stable");
  await admin.getByTestId("filter-box").press("Enter");
  await expectCount(admin.getByTestId("leaderboard-row"), 3);
  await menu.click();
  await admin.getByTestId("update-view").click();
  await admin.getByTestId("update-view").waitFor({ state: "detached" });
  await expectToFitPhone(admin, "leaderboard with the menu of views");
  await admin.getByRole("button", { name: "Rename good ones" }).click();
  await views.getByLabel("New name").fill("stable ones");
  await views.getByRole("button", { name: "Rename", exact: true }).click();
  await views.getByRole("link", { name: /stable ones.*stable/s }).waitFor();
  await admin.getByRole("button", { name: "Delete stable ones" }).click();
  await admin.getByRole("alertdialog").getByRole("button", { name: "Delete" }).click();
  await views.waitFor({ state: "detached" });
});

test("the list of runs takes a filter, an order and a view, which its address keeps", async () => {
  const { runId: id } = await db.architecture.findFirstOrThrow({ where: { name: "best-swan" } });
  const data = { name: "night owl", status: "DONE", bestScore: 70 } as const;
  await db.searchRun.update({ where: { id }, data });
  await admin.goto(`${portal.url}/runs`);
  const rows = admin.getByTestId("run-row");
  await expectCount(rows, 3);
  const box = admin.getByTestId("filter-box");
  await box.fill("night");
  await expectCount(rows, 1);
  expect(new URL(admin.url()).searchParams.get("q")).toBe("night");

  await box.fill("status = done and bestScor > 55");
  await box.press("Enter");
  const fault = admin.getByTestId("filter-fault");
  await fault.getByText(/bestScor is no field/).waitFor();
  expect(await rows.innerText()).toContain("night owl");
  expect(await admin.getByTestId("error-notice").count()).toBe(0);
  await expectToFitPhone(admin, "runs with a filter at fault");
  await fault.getByRole("button", { name: "Use bestScore" }).click();
  await fault.waitFor({ state: "detached" });
  await expectCount(rows, 1);
  await admin.getByLabel("Order").selectOption("Best score first");
  await admin.getByTestId("view-menu").click();
  const form = admin.getByTestId("save-view");
  await form.getByLabel("Save this view as").fill("the good");
  await form.getByRole("button").click();
  const view = admin.getByTestId("saved-view").getByRole("link", { name: /the good/ });
  await view.waitFor();

  await admin.goto(`${portal.url}/runs`);
  await expectCount(rows, 3);
  await admin.getByTestId("view-menu").click();
  await view.click();
  await expectCount(rows, 1);
  await admin.reload();
  await expectCount(rows, 1);
  expect(await box.inputValue()).toBe("status = done and bestScore > 55");
  expect(await admin.getByLabel("Order").inputValue()).toBe("BEST_SCORE DESC");
  await admin.goto(`${portal.url}/`);
  await admin.getByTestId("view-menu").click();
  await admin.getByText("None yet").waitFor();
});

test("no page threw an error or broke its policy meanwhile", () => {
  expect(errors).toEqual([]);
});
