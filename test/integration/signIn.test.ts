/** Tests signing in: the built API with accounts, the built portal, the command line, a real browser. */
import { readFile } from "node:fs/promises";
import path from "node:path";
import { testDatabase } from "@opnas/prisma/testing";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openBrowser } from "../support/browser.js";
import { Portal } from "../support/portal.js";

let portal: Portal;
let browser: Browser;

beforeAll(async () => {
  [browser, portal] = await Promise.all([
    openBrowser(),
    Portal.start(await testDatabase(), "accounts"),
  ]);
}, 120_000);
afterAll(async () => {
  await browser.close();
  await portal.stop();
});

test("the first administrator is made by the owner of the secret, signs in at the portal, and out again", async () => {
  const password = await portal.createAdmin("ada@example.org");
  await expect(portal.opnas(["runs"])).rejects.toMatchObject({
    stderr: expect.stringContaining("Sign in first") as string,
  });

  const page = await browser.newPage();
  page.setDefaultTimeout(60_000);
  const errors: string[] = [];
  page.on("pageerror", ({ message }) => errors.push(message));
  page.on("console", (message) => {
    if (message.text().includes("Content Security Policy")) errors.push(message.text());
  });
  await page.goto(`${portal.url}/runs`);
  await page.waitForURL(/\/sign-in\?next=%2Fruns/);
  await page.getByLabel("E-mail").fill("ada@example.org");
  await page.getByLabel("Password").fill("a wrong password");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByText(/invalid email or password/i).waitFor();
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL(/\/runs$/);
  await page.locator('[data-testid="connection-state"][data-state="live"]').waitFor();
  await page.getByTestId("sign-out").click();
  await page.waitForURL(/\/sign-in$/);
  await page.goto(`${portal.url}/runs`);
  await page.waitForURL(/\/sign-in\?next=%2Fruns/);
  expect(errors).toEqual([]);
  await page.close();
}, 120_000);

test("an invitation's link leads to an account, whose key opnas creates, keeps and forgets", async () => {
  const words = ["user", "invite", "bob@example.org", "--role", "viewer"];
  const link = (await portal.opnas(words, portal.owner)).stdout.trim();
  const page = await browser.newPage();
  page.setDefaultTimeout(60_000);
  await page.goto(link);
  await page.getByLabel("Your name").fill("Bob");
  await page.getByLabel("Password").fill("a long password");
  await page.getByRole("button", { name: "Create the account" }).click();
  await page.getByTestId("sign-out").waitFor();
  await page.close();

  const create = ["key", "create", "a key", "--scopes", "read", "--user", "bob@example.org"];
  const key = (await portal.opnas(create, portal.owner)).stdout.trim();
  await portal.opnas(["login"], key);
  expect(await readFile(path.join(portal.folder, "opnas/tokens.json"), "utf8")).toContain(key);
  expect((await portal.opnas(["whoami"])).stdout).toMatch(
    /bob@example\.org +viewer +read +Everyone/,
  );
  await portal.opnas(["logout"]);
  await expect(portal.opnas(["whoami"])).rejects.toMatchObject({
    stderr: expect.stringContaining("Sign in first") as string,
  });
}, 120_000);

test("every script of a page has the nonce of its policy, without which none runs", async () => {
  for (const path of ["/runs", "/sign-in", "/nothing"]) {
    const response = await fetch(`${portal.url}${path}`);
    const policy = response.headers.get("content-security-policy") ?? "";
    const [, nonce = ""] = /script-src 'nonce-([^']+)' 'strict-dynamic';/.exec(policy) ?? [];
    expect({ path, nonce }).toEqual({ path, nonce: expect.stringMatching(/^.{24}$/) as string });
    const scripts = [...(await response.text()).matchAll(/<script\b[^>]*>/g)].map(([tag]) => tag);
    expect(scripts.length).toBeGreaterThan(1);
    for (const tag of scripts) expect(tag).toContain(`nonce="${nonce}"`);
  }
  const page = await browser.newPage();
  await page.goto(`${portal.url}/sign-in`);
  await page.getByLabel("E-mail").waitFor();
  const [directive, ran] = await page.evaluate(() => {
    const refused = new Promise<string>((resolve) => {
      document.addEventListener("securitypolicyviolation", ({ effectiveDirective }) =>
        resolve(effectiveDirective),
      );
    });
    const markup = `<img src="data:," onerror="window.smuggled = true">`;
    document.body.insertAdjacentHTML("beforeend", markup);
    return refused.then((directive) => [directive, "smuggled" in window] as const);
  });
  expect({ directive, ran }).toEqual({ directive: "script-src-attr", ran: false });
  await page.close();
}, 60_000);
