import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { migrate } from "@opnas/prisma";
import { startEmbeddedPostgres } from "@opnas/prisma/embedded";
import pg from "pg";
import { text, whole } from "../common/command.ts";
import { note } from "../common/progress.ts";
import { seed, type Seeded, type SeedOptions } from "./seed.ts";

/** The options of benches that measure a large store, as schemas of their texts. */
export const whichStore = {
  rows: whole(10).default(1_000_000),
  runs: whole(1).default(1_000),
  database: text.optional(),
  keep: text.optional(),
};

/** A store to make or to find: its size, and its place. */
export interface StoreOptions extends SeedOptions {
  /** The address of a database of the person's. */
  database?: string | undefined;
  /** A folder in which the store is kept for the next measurement. */
  keep?: string | undefined;
}

/** Opens the store, fills it unless it is filled, measures, and closes it, in a temporary folder for good. */
export async function withStore<T>(
  options: StoreOptions,
  measure: (databaseUrl: string, seeded: Seeded) => Promise<T>,
): Promise<T> {
  const store = await openStore(options);
  try {
    return await measure(store.url, await fill(store.url, options));
  } finally {
    await store.close();
  }
}

async function openStore({ database, keep }: StoreOptions) {
  if (database !== undefined) return { url: database, close: () => Promise.resolve() };
  if (keep !== undefined) {
    const postgres = await startEmbeddedPostgres({ folder: path.resolve(keep) });
    return { url: postgres.url, close: () => postgres.stop() };
  }
  const folder = await mkdtemp(path.join(tmpdir(), "opnas-store-"));
  const postgres = await startEmbeddedPostgres({ folder });
  return {
    url: postgres.url,
    close: async () => {
      await postgres.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function fill(databaseUrl: string, options: SeedOptions): Promise<Seeded> {
  await migrate(databaseUrl);
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    note(`Filling the store with ${options.rows} architectures.`);
    return await seed(client, options);
  } finally {
    await client.end();
  }
}
