/** Tests signing in: the built API with accounts, the built portal, the command line, a real browser. */
import { type ChildProcess, execFile, fork } from "node:child_process";
import { createHmac } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { freePort } from "@opnas/prisma/embedded";
import { testDatabase } from "@opnas/prisma/testing";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openBrowser } from "../support/browser.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const databaseUrl = await testDatabase();
const folder = await mkdtemp(path.join(tmpdir(), "opnas-sign-in-"));
const secret = "a secret of this test, of 32 characters or more";
const owner = createHmac("sha256", secret).update("owner").digest("hex");
const [apiPort, webPort] = [await freePort(), await freePort()];
const portal = `http://localhost:${String(webPort)}`;
const processes: ChildProcess[] = [];
let browser: Browser;

async function start(program: string): Promise<void> {
  const env = {
    PATH: process.env.PATH,
    NODE_ENV: "production" as const,
    DATABASE_URL: databaseUrl,
    OPNAS_API_PORT: String(apiPort),
    OPNAS_WEB_PORT: String(webPort),
    OPNAS_AUTH: "accounts",
    OPNAS_AUTH_SECRET: secret,
  };
  const stdio = ["ignore", "ignore", "inherit", "ipc"] as const;
  const child = fork(path.join(root, program), { env, stdio: [...stdio] });
  processes.push(child);
  await once(child, "message");
}

/** Runs `opnas`, which keeps what it saves in the folder of this test. */
async function opnas(words: readonly string[], token?: string) {
  const env = {
    PATH: process.env.PATH,
    XDG_CONFIG_HOME: folder,
    OPNAS_API_PORT: String(apiPort),
    OPNAS_DATA_DIR: folder,
    ...(token === undefined ? {} : { OPNAS_TOKEN: token }),
  };
  const program = path.join(root, "cli/bin/opnas.js");
  return promisify(execFile)(process.execPath, [program, ...words], { env });
}

beforeAll(async () => {
  [browser] = await Promise.all([
    openBrowser(),
    start("server/dist/main.js"),
    start("start/webServer.mjs"),
  ]);
}, 120_000);
afterAll(async () => {
  await browser.close();
  for (const child of processes) {
    const exited = once(child, "exit");
    child.kill("SIGTERM");
    await exited;
  }
  await rm(folder, { recursive: true });
});

test("the first administrator is made by the owner of the secret, signs in at the portal, and out again", async () => {
  const made = await opnas(["user", "create", "--admin", "--email", "ada@example.org"], owner);
  const password = made.stdout.trim();
  await expect(opnas(["runs"])).rejects.toMatchObject({
    stderr: expect.stringContaining("Sign in first") as string,
  });

  const page = await browser.newPage();
  page.setDefaultTimeout(60_000);
  const errors: string[] = [];
  page.on("pageerror", ({ message }) => errors.push(message));
  page.on("console", (message) => {
    if (message.text().includes("Content Security Policy")) errors.push(message.text());
  });
  await page.goto(`${portal}/runs`);
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
  await page.goto(`${portal}/runs`);
  await page.waitForURL(/\/sign-in\?next=%2Fruns/);
  expect(errors).toEqual([]);
  await page.close();
}, 120_000);

test("an invitation's link leads to an account, whose key opnas creates, keeps and forgets", async () => {
  const words = ["user", "invite", "bob@example.org", "--role", "viewer"];
  const link = (await opnas(words, owner)).stdout.trim();
  const page = await browser.newPage();
  page.setDefaultTimeout(60_000);
  await page.goto(link);
  await page.getByLabel("Your name").fill("Bob");
  await page.getByLabel("Password").fill("a long password");
  await page.getByRole("button", { name: "Create the account" }).click();
  await page.getByTestId("sign-out").waitFor();
  await page.close();

  const create = ["key", "create", "a key", "--scopes", "read", "--user", "bob@example.org"];
  const key = (await opnas(create, owner)).stdout.trim();
  await opnas(["login"], key);
  expect(await readFile(path.join(folder, "opnas/tokens.json"), "utf8")).toContain(key);
  expect((await opnas(["whoami"])).stdout).toMatch(/bob@example\.org +viewer +read +Everyone/);
  await opnas(["logout"]);
  await expect(opnas(["whoami"])).rejects.toMatchObject({
    stderr: expect.stringContaining("Sign in first") as string,
  });
}, 120_000);

test("every script of a page has the nonce of its policy, without which none runs", async () => {
  for (const path of ["/runs", "/sign-in", "/nothing"]) {
    const response = await fetch(`${portal}${path}`);
    const policy = response.headers.get("content-security-policy") ?? "";
    const [, nonce = ""] = /script-src 'nonce-([^']+)' 'strict-dynamic';/.exec(policy) ?? [];
    expect({ path, nonce }).toEqual({ path, nonce: expect.stringMatching(/^.{24}$/) as string });
    const scripts = [...(await response.text()).matchAll(/<script\b[^>]*>/g)].map(([tag]) => tag);
    expect(scripts.length).toBeGreaterThan(1);
    for (const tag of scripts) expect(tag).toContain(`nonce="${nonce}"`);
  }
  const page = await browser.newPage();
  await page.goto(`${portal}/sign-in`);
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
