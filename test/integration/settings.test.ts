/** Tests settings, filters and views of the portal: the built API with accounts, a real browser. */
import { bertLayer } from "@opnas/core";
import { createClient, type Database } from "@opnas/prisma";
import { testDatabase } from "@opnas/prisma/testing";
import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
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
let password = "";
const errors: string[] = [];

/** Opens a page of a browser of its own, whose faults are collected in `errors`. */
async function open(path: string, of = portal): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
  page.setDefaultTimeout(30_000);
  page.on("pageerror", ({ message }) => errors.push(message));
  page.on("console", (message) => {
    if (message.text().includes("Content Security Policy")) errors.push(message.text());
  });
  await page.goto(`${of.url}${path}`);
  return page;
}

async function signIn(page: Page, email: string, secret: string): Promise<void> {
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password").fill(secret);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL((url) => url.pathname !== "/sign-in");
}

async function expectCount(rows: Locator, count: number): Promise<void> {
  await expect.poll(() => rows.count(), { timeout: 20_000 }).toBe(count);
}

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
  password = await portal.createAdmin("ada@example.org");
  admin = await open("/settings");
  await signIn(admin, "ada@example.org", password);
}, 120_000);
afterAll(async () => {
  await browser.close();
  await portal.stop();
  await db.$disconnect();
});

test("the header leads to the settings, where a person has a name and ends another browser's session", async () => {
  const elsewhere = await open("/runs");
  await signIn(elsewhere, "ada@example.org", password);
  await admin.goto(`${portal.url}/`);
  await admin.getByTestId("settings").click();
  await admin.waitForURL(/\/settings$/);
  const name = admin.getByTestId("name-form");
  await name.getByLabel("Name").fill("");
  await name.getByRole("button", { name: "Save the name" }).click();
  await name.getByText("It is empty.").waitFor();
  await name.getByLabel("Name").fill("Ada");
  await name.getByText("It is empty.").waitFor({ state: "detached" });
  await name.getByRole("button", { name: "Save the name" }).click();
  await expect.poll(() => name.getByLabel("Name").inputValue(), { timeout: 10_000 }).toBe("Ada");
  expect(await admin.getByTestId("session").count()).toBe(2);
  await admin.getByRole("button", { name: "Sign out there" }).click();
  await expectCount(admin.getByTestId("session"), 1);
  await elsewhere.reload();
  await elsewhere.waitForURL(/\/sign-in/);
  await elsewhere.close();
  await expectToFitPhone(admin, "profile");
});

test("a changed password ends other sessions, and the page goes on live", async () => {
  const form = admin.getByTestId("sign-in-form");
  await form.getByLabel("Present password").fill("a wrong password");
  await form.getByLabel("New password").fill("another long password");
  await form.getByRole("button").click();
  await form.getByText(/invalid password/i).waitFor();
  await form.getByLabel("Present password").fill(password);
  await form.getByRole("button").click();
  await admin.getByText("The password is changed.").waitFor();
  await admin.locator('[data-testid="connection-state"][data-state="live"]').waitFor();
});

test("a key is created with a scope, its secret shown once, used, and revoked", async () => {
  await admin.goto(`${portal.url}/settings/keys`);
  await admin.getByText("No key yet").waitFor();
  const form = admin.getByTestId("key-form");
  await form.getByLabel(/^Read/).uncheck();
  await form.getByRole("button").click();
  await form.getByText("It is empty.").first().waitFor();
  await form.getByLabel(/^Name/).fill("a script");
  await form.getByLabel(/^Read/).check();
  await form.getByRole("button").click();
  const secret = await admin.getByTestId("key-secret").innerText();
  const row = admin.getByTestId("key").filter({ hasText: "a script" });
  await row.getByText("Valid").waitFor();
  expect((await portal.opnas(["whoami"], secret)).stdout).toContain("ada@example.org");
  await expectToFitPhone(admin, "keys with a secret");
  await admin.reload();
  await row.waitFor();
  expect(await admin.getByText(secret).count()).toBe(0);
  await row.getByTestId("revoke-key").click();
  await admin.getByRole("alertdialog").getByRole("button", { name: "Revoke" }).click();
  await row.getByText("Revoked").waitFor();
  await expect(portal.opnas(["whoami"], secret)).rejects.toThrow();
});

test("an administrator invites a person, who is then a viewer with fewer pages", async () => {
  await admin.goto(`${portal.url}/settings/users`);
  const form = admin.getByTestId("invite-form");
  await form.getByLabel("E-mail").fill("not an address");
  await form.getByRole("button").click();
  await form.getByText("It is not an e-mail address.").waitFor();
  await form.getByLabel("E-mail").fill("bob@example.org");
  await form.getByLabel("Role").selectOption("Viewer");
  await form.getByRole("button").click();
  const link = await admin.getByTestId("invitation-link").innerText();
  await admin.getByTestId("invitation").filter({ hasText: "bob@example.org" }).waitFor();
  await expectToFitPhone(admin, "users with an invitation");

  const bob = await open(new URL(link).pathname + new URL(link).hash);
  await bob.getByLabel("Your name").fill("Bob");
  await bob.getByLabel("Password").fill("a long password");
  await bob.getByRole("button", { name: "Create the account" }).click();
  await bob.getByTestId("sign-out").waitFor();
  await bob.getByTestId("settings").click();
  const pages = bob.getByRole("navigation", { name: "Settings" }).getByRole("link");
  await pages.first().waitFor();
  expect(await pages.allInnerTexts()).toEqual(["Profile", "API keys", "Teams"]);
  await bob.goto(`${portal.url}/settings/users`);
  await bob.getByText("This page is for the role Administrator").waitFor();

  await admin.reload();
  const row = admin.getByTestId("user").filter({ hasText: "bob@example.org" });
  await row.getByLabel("Role of bob@example.org").selectOption("Researcher");
  await bob.reload();
  await expect.poll(() => pages.allInnerTexts(), { timeout: 10_000 }).toContain("Webhooks");
  await row.getByTestId("disable-user").click();
  await admin.getByRole("alertdialog").getByRole("button", { name: "Disable" }).click();
  await row.getByText("Disabled").waitFor();
  await bob.reload();
  await bob.waitForURL(/\/sign-in/);
  await bob.close();
  await row.getByTestId("enable-user").click();
  await row.getByText("Active").waitFor();
});

test("a team is made, a member added and taken out", async () => {
  await admin.goto(`${portal.url}/settings/teams`);
  const form = admin.getByTestId("team-form");
  await form.getByLabel("Name").fill("Night shift");
  await form.getByRole("button").click();
  const team = admin.getByTestId("team").filter({ hasText: "Night shift" });
  await team.getByLabel("Account to add to Night shift").selectOption("bob@example.org");
  await team.getByRole("button", { name: "Add" }).click();
  await team.getByTestId("member").filter({ hasText: "bob@example.org" }).waitFor();
  await expectToFitPhone(admin, "teams");
  await team.getByTestId("remove-member").click();
  await admin.getByRole("alertdialog").getByRole("button", { name: "Take out" }).click();
  await team.getByTestId("member").waitFor({ state: "detached" });
});

test("a team is renamed, left and deleted, its runs going to another one", async () => {
  const team = admin.getByTestId("team").filter({ hasText: /night shift|day shift/i });
  await team.getByRole("button", { name: "Rename Night shift" }).click();
  const name = team.getByTestId("rename-team");
  await name.getByLabel("New name").fill("Everyone");
  await name.getByRole("button").click();
  await name.getByText("There is a team Everyone already").waitFor();
  await name.getByLabel("New name").fill("Day shift");
  await name.getByRole("button").click();
  await team.getByRole("heading", { name: "Day shift" }).waitFor();

  await team.getByLabel("Account to add to Day shift").selectOption("ada@example.org");
  await team.getByRole("button", { name: "Add" }).click();
  await team.getByRole("button", { name: "Leave Day shift" }).click();
  await admin.getByRole("alertdialog").getByRole("button", { name: "Leave" }).click();
  await team.getByTestId("member").waitFor({ state: "detached" });

  const { stdout } = await portal.opnas(["team", "list"], portal.owner);
  const id =
    stdout
      .split("\n")
      .find((line) => line.includes("Day shift"))
      ?.split(" ")[0] ?? "";
  await db.searchRun.updateMany({ data: { teamId: id } });
  await team.getByRole("button", { name: "Delete Day shift" }).click();
  const form = team.getByTestId("delete-team");
  await form.getByRole("button").click();
  await form.getByText(/owns \d+ runs?/).waitFor();
  await expectToFitPhone(admin, "a team to be deleted");
  await form.getByLabel("Its runs and texts go to").selectOption("Everyone");
  await form.getByRole("button").click();
  await team.waitFor({ state: "detached" });
  expect(await db.searchRun.count({ where: { teamId: id } })).toBe(0);
});

test("an invitation is withdrawn, on the page and in a shell", async () => {
  await admin.goto(`${portal.url}/settings/users`);
  const form = admin.getByTestId("invite-form");
  const rows = admin.getByTestId("invitation").filter({ hasText: "cid@example.org" });
  await form.getByLabel("E-mail").fill("cid@example.org");
  await form.getByRole("button").click();
  await rows.getByTestId("withdraw-invitation").click();
  await admin.getByRole("alertdialog").getByRole("button", { name: "Withdraw" }).click();
  await rows.waitFor({ state: "detached" });

  await portal.opnas(["user", "invite", "dot@example.org"], portal.owner);
  const { stdout } = await portal.opnas(["user", "invitations"], portal.owner);
  const id =
    stdout
      .split("\n")
      .find((line) => line.includes("dot@"))
      ?.split(" ")[0] ?? "";
  const withdrawn = await portal.opnas(["user", "withdraw", id], portal.owner);
  expect(withdrawn.stderr).toContain("The invitation of dot@example.org is withdrawn.");
});

test("a webhook is made with its key shown once, tried with its reason shown, and deleted", async () => {
  await admin.goto(`${portal.url}/settings/webhooks`);
  await admin.getByText("No webhook yet").waitFor();
  const form = admin.getByTestId("webhook-form");
  await form.getByLabel("Address").fill("ftp://example.org");
  await form.getByRole("button").click();
  await form.getByText(/It is not an address such as/).waitFor();
  await form.getByLabel("Address").fill("http://127.0.0.1:9/hook");
  await form.getByRole("button").click();
  expect(await admin.getByTestId("webhook-secret").innerText()).toMatch(/^whsec_/);
  const webhook = admin.getByTestId("webhook");
  await webhook.getByTestId("test-webhook").click();
  await webhook.getByTestId("test-outcome").getByText("Given up").waitFor();
  await webhook.getByTestId("show-deliveries").click();
  await webhook.getByTestId("delivery").getByText("Test").waitFor();
  await expectToFitPhone(admin, "webhooks with a log");
  await webhook.getByTestId("delete-webhook").click();
  await admin.getByRole("alertdialog").getByRole("button", { name: "Delete" }).click();
  await admin.getByText("No webhook yet").waitFor();
});

test("the audit log shows what was done above, is narrowed, and downloaded", async () => {
  await admin.goto(`${portal.url}/settings/audit`);
  const entries = admin.getByTestId("audit-entry");
  await entries.filter({ hasText: "createWebhook" }).first().waitFor();
  await entries.filter({ hasText: "revokeApiKey" }).first().waitFor();
  await admin.getByLabel("Action").fill("inviteMember");
  await admin.getByLabel("Outcome").selectOption("Refused or failed");
  await expectCount(entries, 1);
  await entries.getByText("BAD_INPUT").waitFor();
  await expectToFitPhone(admin, "audit log");
  const download = admin.waitForEvent("download");
  await admin.getByRole("link", { name: "CSV" }).click();
  expect((await download).suggestedFilename()).toBe("opnas-audit.csv");
  await admin.getByLabel("Action").fill("nothing of the kind");
  await admin.getByText("No entry matches").waitFor();
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

test("without accounts the pages say so and how to set them up, and webhooks work", async () => {
  const local = await Portal.start(await testDatabase(), "local");
  const page = await open("/settings/users", local);
  await page.getByTestId("accounts-off").getByText("export OPNAS_AUTH=accounts").waitFor();
  await page.getByRole("link", { name: "Webhooks" }).click();
  const form = page.getByTestId("webhook-form");
  await form.getByLabel("Address").fill("https://example.org/hook");
  expect(await form.getByLabel("Runs of").count()).toBe(0);
  await form.getByRole("button").click();
  await page.getByTestId("webhook").getByText("all runs").waitFor();
  await page.getByRole("link", { name: "Audit log" }).click();
  await page.getByTestId("audit-entry").getByText("createWebhook").waitFor();
  await page.close();
  await local.stop();
});

test("no page threw an error or broke its policy meanwhile", () => {
  expect(errors).toEqual([]);
});
