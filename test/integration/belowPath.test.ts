/** Tests a platform that a proxy serves below a path of a host: the built API, a portal built for it, a browser. */
import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";
import { testDatabase } from "@opnas/prisma/testing";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { root } from "../docs/repository.js";
import { openBrowser } from "../support/browser.js";
import { PathProxy } from "../support/pathProxy.js";
import { Portal } from "../support/portal.js";

let proxy: PathProxy;
let portal: Portal;
let browser: Browser;

beforeAll(async () => {
  proxy = await PathProxy.start("/lab/nas");
  const env = { ...process.env, OPNAS_BASE_PATH: proxy.path, NEXT_TELEMETRY_DISABLED: "1" };
  const next = path.join(root, "node_modules/.bin/next");
  await promisify(execFile)(next, ["build"], { cwd: path.join(root, "web"), env });
  [browser, portal] = await Promise.all([
    openBrowser(),
    Portal.start(await testDatabase(), "accounts", proxy.url),
  ]);
  proxy.serve(portal);
}, 600_000);
afterAll(async () => {
  await browser.close();
  await portal.stop();
  await proxy.stop();
});

test("people sign in, read live pages and export below the path, and the cookie is sent to it alone", async () => {
  const password = await portal.createAdmin("ada@example.org");
  const context = await browser.newContext();
  const page = await context.newPage();
  page.setDefaultTimeout(60_000);
  const outside: string[] = [];
  page.on("request", (request) => {
    if (!request.url().startsWith(proxy.url)) outside.push(request.url());
  });
  await page.goto(`${proxy.url}/runs`);
  await page.waitForURL(`${proxy.url}/sign-in?next=%2Flab%2Fnas%2Fruns`);
  await page.getByLabel("E-mail").fill("ada@example.org");
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL(`${proxy.url}/runs`);
  await page.locator('[data-testid="connection-state"][data-state="live"]').waitFor();
  await page.getByTestId("new-search").click();
  await page.waitForURL(`${proxy.url}/runs/new`);
  const cookies = await context.cookies(proxy.url);
  expect(cookies.map((cookie) => cookie.path)).toEqual(cookies.map(() => proxy.path));
  expect(cookies).not.toEqual([]);
  const audit = await context.request.get(`${proxy.url}/export/audit.csv`);
  expect(await audit.text()).toContain("createUser");
  const imported = await context.request.post(`${proxy.url}/import/runs`, { data: "no archive" });
  expect(await imported.text()).toMatch(/archive/);
  await page.getByTestId("sign-out").click();
  await page.waitForURL(`${proxy.url}/sign-in`);
  expect(outside).toEqual([]);
  await context.close();
}, 120_000);

test("an invitation's link and the command line go through the path", async () => {
  const words = ["user", "invite", "bob@example.org", "--role", "viewer"];
  const link = (await portal.opnas(words, portal.owner)).stdout.trim();
  expect(link.startsWith(`${proxy.url}/sign-in#invitation=`)).toBe(true);
  const page = await browser.newPage();
  page.setDefaultTimeout(60_000);
  await page.goto(link);
  await page.getByLabel("Your name").fill("Bob");
  await page.getByLabel("Password").fill("a long password");
  await page.getByRole("button", { name: "Create the account" }).click();
  await page.waitForURL(/\/lab\/nas\/?$/);
  await page.close();

  const api = ["--api", `${proxy.url}/graphql`];
  const whoami = await portal.opnas(["whoami", ...api], portal.owner);
  expect(whoami.stdout).toMatch(/admin/i);
  // The proxy passes no health on, and there is no worker, which is a fault.
  await expect(portal.opnas(["doctor", ...api], portal.owner)).rejects.toMatchObject({
    stdout: expect.stringContaining(`a server at ${proxy.url}/graphql`) as string,
    stderr: "",
  });
}, 120_000);

test("a portal that is not built for the path says so and ends", async () => {
  const env = { PATH: process.env.PATH, OPNAS_PUBLIC_URL: "https://example.org/elsewhere" };
  const program = path.join(root, "start/webServer.mjs");
  await expect(promisify(execFile)(process.execPath, [program], { env })).rejects.toMatchObject({
    code: 1,
    stderr:
      "The portal is not built for OPNAS_PUBLIC_URL's path: OPNAS_BASE_PATH=/elsewhere npm run build\n",
  });
});
