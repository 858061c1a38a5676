import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import pg from "pg";
import { expect, test } from "vitest";
import { testDatabase } from "./testing/index.js";

const main = fileURLToPath(new URL("../dist/migrateMain.js", import.meta.url));
const run = promisify(execFile);

function migrateWith(environment: Record<string, string>) {
  return run(process.execPath, [main], { env: { PATH: process.env.PATH, ...environment } });
}

/** Creates a database without any table. */
async function emptyDatabase(): Promise<string> {
  const url = new URL(await testDatabase());
  const client = new pg.Client({ connectionString: url.href });
  await client.connect();
  const name = `${url.pathname.slice(1)}_empty`;
  await client.query(`CREATE DATABASE "${name}" TEMPLATE template0`);
  await client.end();
  url.pathname = `/${name}`;
  return url.href;
}

test("the job migrates an empty database, and finds nothing to do the second time", async () => {
  const DATABASE_URL = await emptyDatabase();
  expect((await migrateWith({ DATABASE_URL })).stdout).toMatch(/^Applied 0001_\w+, 0002_/);
  expect((await migrateWith({ DATABASE_URL })).stdout).toBe("The schema is up to date.\n");
});

test("without an address the job ends with the code for a wrong setting and one line", async () => {
  await expect(migrateWith({})).rejects.toMatchObject({
    code: 78,
    stderr:
      "DATABASE_URL must be set to an address like postgres://user:password@host:5432/database. [BAD_SETTING]\n",
  });
});
