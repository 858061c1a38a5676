import { parseArgs } from "node:util";
import { exitCodeOf, OpnasError, toOpnasError } from "@opnas/core";
import { databaseError } from "@opnas/prisma";
import { readSettings } from "../settings.js";
import type { Manifest } from "./manifest.js";
import { restoreBackup, verifyBackup } from "./read.js";
import { writeBackup } from "./write.js";

const usage = `npm run backup -- --out FILE
npm run restore -- FILE [--replace | --check]

Backs up the database and the data folder's artifacts and prepared texts to a new file, also while the
platform runs; restores them while it is stopped. See docs/operations.md.

  --out FILE  the file to write
  --replace   restores over a database and a data folder that are not empty; what they hold is removed
  --check     only reads the backup and compares its checksums`;

async function main([command, ...args]: string[]): Promise<void> {
  const { values, positionals } = options(args);
  if (values.help) {
    console.log(usage);
    return;
  }
  const { databaseUrl, dataFolder } = readSettings(process.env);
  if (command === "backup" && values.out !== undefined && positionals.length === 0) {
    const manifest = await writeBackup(databaseUrl, dataFolder, values.out);
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
  const manifest = await restoreBackup(databaseUrl, dataFolder, file, { replace });
  console.log(`Restored ${contents(manifest)}, as they were at ${manifest.begun}.`);
}

function contents({ tables, entries }: Manifest): string {
  const rows = tables.reduce((sum, table) => sum + table.rows, 0);
  const files = entries.filter(({ name }) => !name.startsWith("database/"));
  const megabytes = files.reduce((sum, { bytes }) => sum + bytes, 0) / 1e6;
  return `${rows} rows of ${tables.length} tables and ${files.length} files (${megabytes.toFixed(1)} MB)`;
}

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
