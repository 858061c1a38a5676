/** Tests the settings of the portal: the built API with accounts, a real browser. */
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
let password = "";
const errors: string[] = [];

const open = (path: string, of = portal) => openWatched(browser, `${of.url}${path}`, errors);

beforeAll(async () => {
  const databaseUrl = await testDatabase();
  [browser, portal] = await Promise.all([openBrowser(), Portal.start(databaseUrl, "accounts")]);
  db = createClient(databaseUrl, 1);
  await createArchitecture(db, { version: 1, layers: [bertLayer] });
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
  await form.getByLabel("What it owns goes to").selectOption("Everyone");
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
