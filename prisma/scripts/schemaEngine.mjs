// Prisma's schema engine as WebAssembly. Developers use it to write a migration, and a test to compare
// the migrations with schema.prisma. The product itself never loads it.
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
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

/**
 * Computes the SQL that changes a database of an older schema.prisma (its text), or an empty one, to
 * the present schema. `databaseUrl`: any reachable Postgres; the engine reads its version only.
 */
export async function diffToSchema(databaseUrl, olderSchema) {
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
  const schema = (content) => ({
    tag: "schemaDatamodel",
    files: [{ path: "schema.prisma", content }],
  });
  const result = await engine.diff({
    from: olderSchema === undefined ? { tag: "empty" } : schema(olderSchema),
    to: schema(await readFile(new URL("../schema.prisma", import.meta.url), "utf8")),
    script: true,
    exitCode: null,
    filters: { externalTables: [], externalEnums: [] },
  });
  return result.stdout ?? "";
}
