import { randomBytes } from "node:crypto";
import type pg from "pg";
import { afterAll, inject } from "vitest";
import { createConnection } from "../connections.js";
import { template } from "./globalSetup.js";

export { startProxy } from "./proxy.js";
export { RunMaker } from "./runs.js";

/**
 * Creates a migrated, empty database for the calling test file alone and drops it after the file's
 * tests. A connection that is still open by then fails the file, because it would leak in the product
 * too.
 * @returns its connection string
 */
export async function testDatabase(): Promise<string> {
  const address = inject("postgresUrl");
  const name = `test_${randomBytes(6).toString("hex")}`;
  await asAdmin(address, (admin) => admin.query(`CREATE DATABASE ${name} TEMPLATE ${template}`));
  afterAll(async () => {
    const open = await asAdmin(address, (admin) => openConnections(admin, name));
    await asAdmin(address, (admin) => admin.query(`DROP DATABASE ${name} WITH (FORCE)`));
    if (open.length > 0) {
      throw new Error(
        `${open.length} connections were left open; their last queries: ${open.join(" | ")}`,
      );
    }
  });
  const url = new URL(address);
  url.pathname = `/${name}`;
  return url.href;
}

/** Returns the last query of each connection to `name`, after up to a second in which they may close. */
async function openConnections(admin: pg.Client, name: string): Promise<string[]> {
  for (let tries = 0; ; tries += 1) {
    const { rows } = await admin.query<{ query: string }>(
      "SELECT query FROM pg_stat_activity WHERE datname = $1 AND backend_type = 'client backend'",
      [name],
    );
    if (rows.length === 0 || tries === 20) return rows.map(({ query }) => query.slice(0, 80));
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function asAdmin<T>(address: string, act: (admin: pg.Client) => Promise<T>): Promise<T> {
  const admin = createConnection({ connectionString: address });
  await admin.connect();
  try {
    return await act(admin);
  } finally {
    await admin.end();
  }
}
