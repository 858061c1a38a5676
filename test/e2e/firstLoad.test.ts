/** Tests that a page is not heavy: the scripts that it cannot be drawn without. */
import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { freePort } from "@opnas/prisma/embedded";
import { afterAll, beforeAll, expect, test } from "vitest";

/** The most bytes, compressed, of the scripts that a page's HTML names. */
const budget = 250_000;

let portal: string;
let server: ChildProcess;

beforeAll(async () => {
  const port = await freePort();
  portal = `http://127.0.0.1:${String(port)}`;
  server = fork(fileURLToPath(new URL("../../start/webServer.mjs", import.meta.url)), {
    env: { PATH: process.env.PATH, NODE_ENV: "production", OPNAS_WEB_PORT: String(port) },
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  await once(server, "message");
});
afterAll(async () => {
  const exited = once(server, "exit");
  server.kill("SIGTERM");
  await exited;
});

const read = async (path: string) => (await fetch(`${portal}${path}`)).text();

test.each([
  "/",
  "/runs",
  "/runs/new",
  "/runs/00000000-0000-4000-8000-000000000000",
  "/architectures/00000000-0000-4000-8000-000000000000",
  "/settings",
  "/settings/users",
  "/settings/teams",
  "/settings/keys",
  "/settings/webhooks",
  "/settings/audit",
  "/sign-in",
])("the first scripts of %s fit the budget", async (path) => {
  const forOldBrowsers = /<script[^>]+noModule[^>]*>/gi;
  const html = (await read(path)).replace(forOldBrowsers, "");
  const scripts = [...new Set(html.match(/\/_next\/static\/chunks\/[\w.~-]+\.js/g))];
  expect(scripts.length).toBeGreaterThan(3);
  const sizes = await Promise.all(
    scripts.map(async (script) => gzipSync(await read(script)).length),
  );
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(budget);
});
