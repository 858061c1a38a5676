import { createReadStream } from "node:fs";
import { lstat, open, readdir, readlink, realpath, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { createInterface } from "node:readline";
import pg from "pg";
import { z } from "zod";
import { dumpDatabase, type TablePart } from "../backup/dump.js";
import { loadDatabase } from "../backup/load.js";
import { createConnection } from "../connections.js";
import { undefinedIfAbsent } from "./absent.js";
import type { Binaries } from "./binaries.js";
import { checkReadable, majorOf, openCluster } from "./cluster.js";
import { superuser } from "./initdb.js";
import { canGetBinaries, olderBinaries } from "./olderBinaries.js";
import { serve, stop } from "./serving.js";
import type { SystemUser } from "./systemUser.js";

/** The place and the means of an upgrade, as `startEmbeddedPostgres` has them. */
export interface UpgradeOptions {
  folder: string;
  user: SystemUser;
  home: string;
  installed: Binaries;
  logFile: string;
  report: (message: string) => void;
}

/** Folder below the data folder in which the new cluster is made; `ready` in it says that it is whole. */
const workName = "upgrade";

/** Names of clusters of earlier versions that are kept aside. */
const asideForm = /^cluster-(\d+)$/;

const partSchema = z.object({ table: z.string(), rows: z.array(z.string()) });

/**
 * Carries the database over to the installed Postgres when an older major version made it: dumps it with
 * that version's programs, loads it into a new cluster, puts that in its place and keeps the old one
 * aside. A kill at any moment leaves the old cluster in its place, or a new one that is whole.
 * @returns true when the cluster in place is newer than it was
 * @throws OpnasError `BAD_SETTING` when the old programs cannot be had; errors of dump and loading. The
 * old cluster is then as it was
 */
export async function upgradeIfOlder(options: UpgradeOptions): Promise<boolean> {
  const { folder, user, home, installed, report } = options;
  if (await finish(folder)) return true;
  const cluster = await realpath(path.join(folder, "cluster")).catch(undefinedIfAbsent);
  if (cluster === undefined) return false;
  await checkReadable(cluster, user, home);
  const made = await majorOf(cluster);
  const major = installed.version.split(".")[0] ?? "";
  if (made === undefined || Number(made) >= Number(major) || !canGetBinaries(made)) return false;
  report(`carrying the database over from Postgres ${made} to ${major}`);
  const programs = path.join(folder, `postgres-${made}`);
  try {
    await carryOver(options, await olderBinaries(made, programs));
    await finish(folder);
  } finally {
    await rm(programs, { recursive: true, force: true });
  }
  return true;
}

/** Dumps the old cluster's database and loads it into a new cluster, which is then whole and stopped. */
async function carryOver(options: UpgradeOptions, older: Binaries): Promise<void> {
  const { folder, user, home, installed, logFile, report } = options;
  const work = path.join(folder, workName);
  const rowsFile = path.join(work, "rows.jsonl");
  const from = await openCluster(folder, user, home, older, report);
  const to = await openCluster(work, user, home, installed, report);
  const oldServer = await serve(folder, from, logFile, undefined, report);
  let summary;
  try {
    const file = await open(rowsFile, "w", 0o600);
    try {
      summary = await dumpDatabase(oldServer.url, async (part) => {
        await file.appendFile(`${JSON.stringify(part)}\n`);
      });
    } finally {
      await file.close();
    }
  } finally {
    await stop(oldServer);
  }
  const newServer = await serve(work, to, logFile, undefined, report);
  try {
    await loadDatabase(newServer.url, summary, partsIn(rowsFile), { replace: false });
    await setPassword(newServer.url, from.password);
  } finally {
    await stop(newServer);
  }
  await writeFile(path.join(work, "ready"), "");
}

async function* partsIn(file: string): AsyncGenerator<TablePart> {
  const lines = createInterface({ input: createReadStream(file), crlfDelay: Infinity });
  for await (const line of lines) yield partSchema.parse(JSON.parse(line));
}

/** Gives the new cluster the old one's password, so that the file with it stays as it is. */
async function setPassword(url: string, password: string): Promise<void> {
  const client = createConnection({ connectionString: url });
  await client.connect();
  try {
    const literal = pg.escapeLiteral(password);
    await client.query(`ALTER ROLE ${pg.escapeIdentifier(superuser)} PASSWORD ${literal}`);
  } finally {
    await client.end();
  }
}

/**
 * Puts a new cluster that is whole in the old one's place, also one that a killed process had made;
 * removes one that is not whole.
 * @returns true when there was a whole one
 */
async function finish(folder: string): Promise<boolean> {
  const work = path.join(folder, workName);
  const names = await readdir(work).catch(undefinedIfAbsent);
  if (names === undefined) return false;
  const isWhole = names.includes("ready");
  if (isWhole && names.includes("cluster")) {
    const place = path.join(folder, "cluster");
    const old = await majorOf(place);
    if (old !== undefined) await rename(place, path.join(folder, `cluster-${old}`));
    await rename(path.join(work, "cluster"), place);
  }
  await removeCluster(path.join(work, "cluster"));
  await rm(work, { recursive: true, force: true });
  return isWhole;
}

/** Removes clusters that an upgrade kept aside; called when the new one has worked in a later start. */
export async function removeOldClusters(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (asideForm.test(name)) await removeCluster(path.join(folder, name));
  }
}

/** Removes a cluster's folder, which may be a link to one in another place. */
async function removeCluster(place: string): Promise<void> {
  const entry = await lstat(place).catch(undefinedIfAbsent);
  const target = entry?.isSymbolicLink() === true ? await readlink(place) : undefined;
  if (target !== undefined) await rm(target, { recursive: true, force: true });
  await rm(place, { recursive: true, force: true });
}
