import { parseArgs } from "node:util";
import { openStore } from "@opnas/artifacts";
import { exitCodeOf, OpnasError, toOpnasError } from "@opnas/core";
import { databaseError } from "@opnas/prisma";
import { readSettings } from "../settings.js";
import type { Files } from "./holdings.js";
import type { Manifest } from "./manifest.js";
import { restoreBackup, verifyBackup } from "./read.js";
import { writeBackup } from "./write.js";

const usage = `npm run backup -- --out FILE
npm run restore -- FILE [--replace | --check]

Backs up the database, the artifact store and prepared texts to a new file, also while the platform
runs; restores them while it is stopped, into the store that is set. See docs/operations.md.

  --out FILE  the file to write
  --replace   restores over a database and a store that are not empty; what they hold is removed
  --check     only reads the backup and compares its checksums`;

async function main([command, ...args]: string[]): Promise<void> {
  const { values, positionals } = options(args);
  if (values.help) {
    console.log(usage);
    return;
  }
  const settings = readSettings(process.env);
  const store = await openStore(settings);
  try {
    await run(command, values, positionals, settings.databaseUrl, { ...settings, store });
  } finally {
    store.end();
  }
}

async function run(
  command: string | undefined,
  values: Values,
  positionals: readonly string[],
  databaseUrl: string,
  files: Files,
): Promise<void> {
  if (command === "backup" && values.out !== undefined && positionals.length === 0) {
    const manifest = await writeBackup(databaseUrl, files, values.out);
    console.log(`Backed up ${contents(manifest)} to ${values.out}.`);
    return;
  }
  const [file] = positionals;
  if (command !== "restore" || file === undefined || positionals.length > 1) {
    throw new OpnasError("BAD_INPUT", `Say which file.\n\n${usage}`);
  }
  if (values.check) {
    console.log(`${file} is whole: ${contents(await verifyBackup(file))}.`);
    return;
  }
  const { replace } = values;
  const manifest = await restoreBackup(databaseUrl, files, file, { replace });
  console.log(`Restored ${contents(manifest)}, as they were at ${manifest.begun}.`);
}

function contents({ tables, entries }: Manifest): string {
  const rows = tables.reduce((sum, table) => sum + table.rows, 0);
  const files = entries.filter(({ name }) => !name.startsWith("database/"));
  const megabytes = files.reduce((sum, { bytes }) => sum + bytes, 0) / 1e6;
  return `${rows} rows of ${tables.length} tables and ${files.length} files (${megabytes.toFixed(1)} MB)`;
}

type Values = ReturnType<typeof options>["values"];

function options(args: string[]) {
  try {
    const flag = { type: "boolean", default: false } as const;
    const named = { out: { type: "string" }, replace: flag, check: flag, help: flag } as const;
    return parseArgs({ args, options: named, allowPositionals: true });
  } catch (cause) {
    throw new OpnasError("BAD_INPUT", `${toOpnasError(cause).message}\n\n${usage}`, { cause });
  }
}

main(process.argv.slice(2)).catch((error: unknown) => {
  const { code, message } = databaseError(error);
  console.error(`✗ ${message} [${code}]`);
  process.exitCode = exitCodeOf(error);
});
