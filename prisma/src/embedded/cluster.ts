import { randomBytes } from "node:crypto";
import {
  chown,
  mkdir,
  mkdtemp,
  readFile,
  readlink,
  realpath,
  rename,
  rm,
  symlink,
  writeFile,
} from "node:fs/promises";
import path from "node:path";
import { OpnasError } from "@opnas/core";
import { undefinedIfAbsent } from "./absent.js";
import { binariesFor, type Binaries } from "./binaries.js";
import { initdb } from "./initdb.js";
import { canEnter, closedError, makeHome, type SystemUser } from "./systemUser.js";

/** A database cluster on disk, with the user and the binaries that run it. */
export interface Cluster {
  /** The real data folder (PGDATA), with links resolved. */
  folder: string;
  password: string;
  user: SystemUser;
  binaries: Binaries;
}

/**
 * Opens the cluster in `folder`/cluster, or creates it with initdb when there is none. A new cluster is
 * built in another folder and moved when complete, so that a kill in between leaves no partial one.
 * @param home folder that the server's user can enter where it cannot enter root's `folder`
 * @throws OpnasError `BAD_SETTING` for data of another Postgres version, `DATA_FOLDER_UNWRITABLE` also
 * for a folder that the server's user may not read, `DISK_FULL`, `INTERNAL` with initdb's message
 */
export async function openCluster(
  folder: string,
  user: SystemUser,
  home: string,
  installed: Binaries,
  report: (message: string) => void,
): Promise<Cluster> {
  const binaries = user.ids === undefined ? installed : await binariesFor(user, installed, home);
  const place = path.join(folder, "cluster");
  const existing = await realpath(place).catch(undefinedIfAbsent);
  if (existing === undefined) {
    await checkNoLink(place);
    report("creating the database");
    await mkdir(folder, { recursive: true });
    return create(folder, place, user, home, binaries);
  }
  await checkReadable(existing, user, home);
  await checkVersion(existing, binaries);
  return { folder: existing, password: await readPassword(folder), user, binaries };
}

/** Refuses to begin an empty database in the place of one whose folder elsewhere has gone. */
async function checkNoLink(place: string): Promise<void> {
  const target = await readlink(place).catch(undefinedIfAbsent);
  if (target === undefined) return;
  throw new OpnasError(
    "BAD_SETTING",
    `The database of this data folder was kept in ${target}, which is not there any more: put that folder back, remove the link ${place} to begin an empty database, or choose another folder with OPNAS_DATA_DIR.`,
  );
}

/**
 * Checks that the server's user can enter an existing cluster, and opens root's own folder to it.
 * @throws OpnasError `DATA_FOLDER_UNWRITABLE`
 */
export async function checkReadable(
  cluster: string,
  user: SystemUser,
  home: string,
): Promise<void> {
  if (await canEnter(user, cluster)) return;
  const ownHome = await realpath(home).catch(undefinedIfAbsent);
  const isInHome = user.ids !== undefined && path.dirname(cluster) === ownHome;
  if (isInHome) await makeHome(home);
  if (!isInHome || !(await canEnter(user, cluster))) throw await closedError(user, cluster);
}

async function create(
  folder: string,
  place: string,
  user: SystemUser,
  home: string,
  binaries: Binaries,
): Promise<Cluster> {
  const password = randomBytes(24).toString("hex");
  await writeFile(path.join(folder, "password"), password, { mode: 0o600 });
  const parent = await parentFor(user, folder, home);
  const work = await mkdtemp(path.join(parent, "new-"));
  try {
    await giveTo(user, work);
    const passwordFile = path.join(work, "password");
    await writeFile(passwordFile, password, { mode: 0o600 });
    await giveTo(user, passwordFile);
    await initdb(binaries, path.join(work, "cluster"), passwordFile, user);
    const target = parent === folder ? place : work.replace(/new-(\w+)$/, "cluster-$1");
    await rename(path.join(work, "cluster"), target);
    if (target !== place) await symlink(target, place);
    return { folder: await realpath(target), password, user, binaries };
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** Returns `folder`, or `home` when the user cannot enter `folder`. */
async function parentFor(user: SystemUser, folder: string, home: string): Promise<string> {
  if (user.ids === undefined || (await canEnter(user, folder))) return folder;
  await makeHome(home);
  if (await canEnter(user, home)) return home;
  throw new OpnasError(
    "DATA_FOLDER_UNWRITABLE",
    `Neither ${folder} nor ${home} can be reached by ${user.name}, the user that Postgres runs as: set OPNAS_DATA_DIR to a folder that it can enter.`,
  );
}

async function giveTo(user: SystemUser, file: string): Promise<void> {
  if (user.ids !== undefined) await chown(file, user.ids.uid, user.ids.gid);
}

/** Reads the major version of Postgres that made a cluster; undefined where there is none. */
export async function majorOf(cluster: string): Promise<string | undefined> {
  const text = await readFile(path.join(cluster, "PG_VERSION"), "utf8").catch(undefinedIfAbsent);
  return text?.trim();
}

async function checkVersion(cluster: string, binaries: Binaries): Promise<void> {
  const made = (await majorOf(cluster)) ?? "";
  const major = binaries.version.split(".")[0];
  if (made === major) return;
  throw new OpnasError(
    "BAD_SETTING",
    made === ""
      ? `${cluster} is not a database folder (it has no PG_VERSION): choose another folder with OPNAS_DATA_DIR.`
      : `The database in ${cluster} was made by Postgres ${made} and this version brings Postgres ${major}, which cannot take it over: start the version of OP-NAS that made it, or choose another folder with OPNAS_DATA_DIR.`,
  );
}

async function readPassword(folder: string): Promise<string> {
  const file = path.join(folder, "password");
  try {
    return (await readFile(file, "utf8")).trim();
  } catch (cause) {
    throw new OpnasError(
      "DATA_FOLDER_UNWRITABLE",
      `The database's password cannot be read from ${file}: put the file back, start as the user who made it, or choose another OPNAS_DATA_DIR.`,
      { cause },
    );
  }
}
