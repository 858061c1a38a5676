import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { TestProject } from "vitest/node";
import { createConnection } from "../connections.js";
import { startEmbeddedPostgres } from "../embedded/index.js";
import { migrate } from "../migrate.js";

declare module "vitest" {
  export interface ProvidedContext {
    /** Address of the one Postgres of this test run. */
    postgresUrl: string;
  }
}

/** Name of the migrated database from which each test file's own database is cloned. */
export const template = "opnas_template";

/**
 * Starts one real Postgres in a temporary folder for the whole vitest run and creates the migrated
 * template database in it.
 * @returns a function that stops the server and removes the folder
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(path.join(tmpdir(), "opnas-test-"));
  await chmod(folder, 0o755); // for the other user that root's server runs as
  const server = await startEmbeddedPostgres({ folder });
  const admin = createConnection({ connectionString: server.url });
  await admin.connect();
  await admin.query(`CREATE DATABASE ${template}`);
  await admin.end();
  const url = new URL(server.url);
  url.pathname = `/${template}`;
  await migrate(url.href);
  project.provide("postgresUrl", server.url);
  return async () => {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  };
}
