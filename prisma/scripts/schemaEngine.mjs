// Prisma's schema engine as WebAssembly. Developers use it to write a migration, and a test to compare
// the migrations with the schema. The product itself never loads it.
import { readdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { PrismaPg } from "@prisma/adapter-pg";
import { bindMigrationAwareSqlAdapterFactory } from "@prisma/driver-adapter-utils";

const require = createRequire(import.meta.url);

async function loadEngineClass() {
  const folder = dirname(require.resolve("@prisma/schema-engine-wasm"));
  const glue = await import(join(folder, "schema_engine_bg.js"));
  globalThis.PRISMA_WASM_PANIC_REGISTRY = {
    set_message: (message) => console.error(`Schema engine panicked: ${message}`),
  };
  const { instance } = await WebAssembly.instantiate(
    await readFile(join(folder, "schema_engine_bg.wasm")),
    { "./schema_engine_bg.js": glue },
  );
  glue.__wbg_set_wasm(instance.exports);
  instance.exports.__wbindgen_start();
  return glue.SchemaEngine;
}

/** Reads the schema in a folder of .prisma files as the engine takes it. */
async function readSchema(folder) {
  const names = (await readdir(folder)).filter((name) => name.endsWith(".prisma")).sort();
  const read = async (path) => ({ path, content: await readFile(join(folder, path), "utf8") });
  return { tag: "schemaDatamodel", files: await Promise.all(names.map(read)) };
}

/**
 * Computes the SQL that changes a database of an older schema (the folder of its files), or an empty
 * one, to the present schema. `databaseUrl`: any reachable Postgres; the engine reads its version only.
 */
export async function diffToSchema(databaseUrl, olderFolder) {
  const SchemaEngine = await loadEngineClass();
  const { hostname, port, username, password, pathname } = new URL(databaseUrl);
  const adapter = new PrismaPg({
    host: hostname,
    port: Number(port || 5432),
    user: decodeURIComponent(username),
    password: decodeURIComponent(password),
    database: pathname.slice(1),
  });
  const engine = await SchemaEngine.new(
    { datamodels: undefined },
    () => {},
    bindMigrationAwareSqlAdapterFactory(adapter),
  );
  const result = await engine.diff({
    from: olderFolder === undefined ? { tag: "empty" } : await readSchema(olderFolder),
    to: await readSchema(fileURLToPath(new URL("../schema", import.meta.url))),
    script: true,
    exitCode: null,
    filters: { externalTables: [], externalEnums: [] },
  });
  return result.stdout ?? "";
}
