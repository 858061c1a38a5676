import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import pg from "pg";
import type { TestProject } from "vitest/node";
import { startEmbeddedPostgres } from "../embedded/index.js";
import { migrate } from "../migrate.js";

declare module "vitest" {
  export interface ProvidedContext {
    /** Address of the one Postgres of this test run. */
    postgresUrl: string;
  }
}

/** The migrated database that every test file's own is cloned from. */
export const template = "opnas_template";

/** One real Postgres in a temporary folder for the whole vitest run, with a migrated template. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(path.join(tmpdir(), "opnas-test-"));
  await chmod(folder, 0o755); // root's server runs as another user, who must get in
  const server = await startEmbeddedPostgres({ folder });
  const admin = new pg.Client({ connectionString: server.url });
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
