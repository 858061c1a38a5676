import { parseArgs } from "node:util";
import { openStore } from "@opnas/artifacts";
import { exitCodeOf, OpnasError, readRetention, toOpnasError } from "@opnas/core";
import { createClient, databaseError, refuseNewerDatabase } from "@opnas/prisma";
import { readSettings } from "../settings.js";
import { clean } from "./clean.js";
import { reportLines } from "./report.js";

const usage = `npm run clean -- [--dry-run]

Removes what nobody needs any more: deleted runs after their days, checkpoints of ended work, files
that no row names, texts and workers long unused, old events. See docs/operations.md.

  --dry-run  says what would go, with its size, and removes nothing`;

async function main(argv: string[]): Promise<void> {
  const { help, "dry-run": dryRun } = options(argv);
  if (help) {
    console.log(usage);
    return;
  }
  const settings = readSettings(process.env);
  const { databaseUrl, dataFolder, retention = readRetention("") } = settings;
  const store = await openStore(settings);
  const db = createClient(databaseUrl, 2);
  try {
    await refuseNewerDatabase(db);
    const cleaning = await clean(db, { store, dataFolder }, retention, { dryRun });
    for (const line of reportLines(cleaning, { dryRun })) console.log(line);
  } catch (error) {
    throw databaseError(error);
  } finally {
    store.end();
    await db.$disconnect();
  }
}

function options(args: string[]) {
  try {
    const flag = { type: "boolean", default: false } as const;
    return parseArgs({ args, options: { "dry-run": flag, help: flag } }).values;
  } catch (cause) {
    throw new OpnasError("BAD_INPUT", `${toOpnasError(cause).message}\n\n${usage}`, { cause });
  }
}

main(process.argv.slice(2)).catch((error: unknown) => {
  const { code, message } = toOpnasError(error);
  console.error(`✗ ${message} [${code}]`);
  process.exitCode = exitCodeOf(error);
});
