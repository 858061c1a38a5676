import { once } from "node:events";
import { chmodSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { waitForDatabase } from "@opnas/prisma";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openDatabase } from "./database.mjs";
import { readSettings } from "./settings.mjs";

/** @type {string} */
let folder;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "opnas-database-"));
  chmodSync(folder, 0o755);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test("a Postgres that ends and cannot be started is tried until it runs again", async () => {
  /** @type {string[]} */
  const said = [];
  /** @type {Error[]} */
  const givenUp = [];
  /** @type {import("./terminal.mjs").Terminal} */
  const terminal = {
    line: (text) => said.push(text),
    clear: () => undefined,
    step: (_title, work) => work(() => undefined),
  };
  const settings = readSettings({ OPNAS_DATA_DIR: folder }, folder);
  const database = await openDatabase(settings, terminal, (error) => givenUp.push(error));
  const { port } = new URL(database.url);
  const squatter = createServer();
  try {
    const file = path.join(database.folder ?? "", "postmaster.pid");
    process.kill(Number(readFileSync(file, "utf8").split("\n")[0]), "SIGKILL");
    await taken(squatter, Number(port));
    const isRefused = () => said.some((line) => line.includes(`its port ${port} is taken`));
    while (!isRefused()) await sleep(50);
  } finally {
    squatter.close();
    await once(squatter, "close");
  }
  await waitForDatabase(database.url, () => undefined);
  expect(said[0]).toBe("Postgres ended by itself; starting it again");
  expect(givenUp).toEqual([]);
  await database.stop();
});

/** @param {import("node:net").Server} server @param {number} port */
async function taken(server, port) {
  for (;;) {
    server.listen(port, "127.0.0.1");
    const isUp = await once(server, "listening").then(
      () => true,
      () => false,
    );
    if (isUp) return;
    await sleep(5);
  }
}
