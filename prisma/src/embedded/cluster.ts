import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import {
  chmod,
  chown,
  mkdir,
  mkdtemp,
  readFile,
  realpath,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { OpnasError } from "@opnas/core";
import { undefinedIfAbsent } from "./absent.js";
import { binariesFor, type Binaries } from "./binaries.js";
import { canEnter, homeForRoot, type SystemUser } from "./systemUser.js";

const run = promisify(execFile);
/** Name of the cluster's superuser, as whom the platform connects. */
export const superuser = "opnas";

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
 * @throws OpnasError `BAD_SETTING` for data of another Postgres version, `DATA_FOLDER_UNWRITABLE`,
 * `DISK_FULL`, `INTERNAL` with initdb's message
 */
export async function openCluster(
  folder: string,
  user: SystemUser,
  installed: Binaries,
  report: (message: string) => void,
): Promise<Cluster> {
  const binaries = user.ids === undefined ? installed : await binariesFor(user, installed);
  const place = path.join(folder, "cluster");
  const existing = await realpath(place).catch(undefinedIfAbsent);
  if (existing === undefined) {
    report("creating the database");
    await mkdir(folder, { recursive: true });
    return create(folder, place, user, binaries);
  }
  await checkVersion(existing, binaries);
  return { folder: existing, password: await readPassword(folder), user, binaries };
}

async function create(
  folder: string,
  place: string,
  user: SystemUser,
  binaries: Binaries,
): Promise<Cluster> {
  const password = randomBytes(24).toString("hex");
  await writeFile(path.join(folder, "password"), password, { mode: 0o600 });
  const parent = await parentFor(user, folder);
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

/** Returns `folder`, or `homeForRoot` when the user cannot enter `folder`. */
async function parentFor(user: SystemUser, folder: string): Promise<string> {
  if (user.ids === undefined || (await canEnter(user, folder))) return folder;
  await mkdir(homeForRoot, { recursive: true, mode: 0o755 });
  if (await canEnter(user, homeForRoot)) return homeForRoot;
  throw new OpnasError(
    "DATA_FOLDER_UNWRITABLE",
    `Neither ${folder} nor ${homeForRoot} can be reached by ${user.name}, the user that Postgres runs as: set OPNAS_DATA_DIR to a folder that it can enter.`,
  );
}

async function giveTo(user: SystemUser, file: string): Promise<void> {
  if (user.ids !== undefined) await chown(file, user.ids.uid, user.ids.gid);
}

async function initdb(
  { folder }: Binaries,
  target: string,
  passwordFile: string,
  user: SystemUser,
): Promise<void> {
  const program = path.join(folder, "bin", "initdb");
  // npm may have dropped the executable bit; another user's program already has it.
  const { mode } = await stat(program);
  if ((mode & 0o111) !== 0o111) await chmod(program, 0o755);
  const options = [
    `--pgdata=${target}`,
    `--username=${superuser}`,
    `--pwfile=${passwordFile}`,
    "--auth=scram-sha-256",
    "--encoding=UTF8",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--locale=C",
  ];
  try {
    await run(program, options, { cwd: "/", ...user.ids, env: { ...process.env, LC_ALL: "C" } });
  } catch (cause) {
    throw postgresError("The database could not be created", String(cause), cause);
  }
}

async function checkVersion(cluster: string, binaries: Binaries): Promise<void> {
  const made = (await readFile(path.join(cluster, "PG_VERSION"), "utf8").catch(() => "")).trim();
  const major = binaries.version.split(".")[0];
  if (made === major) return;
  throw new OpnasError(
    "BAD_SETTING",
    made === ""
      ? `${cluster} is not a database folder (it has no PG_VERSION): choose another folder with OPNAS_DATA_DIR.`
      : `The database in ${cluster} was made by Postgres ${made} and this version brings Postgres ${major}: choose another folder with OPNAS_DATA_DIR, or move the data with pg_dump of Postgres ${made}.`,
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

/**
 * Builds an error from the output of Postgres or initdb: `DISK_FULL`, otherwise `INTERNAL` with the last
 * line that reports an error.
 */
export function postgresError(what: string, output: string, cause?: unknown): OpnasError {
  if (/no space left on device|ENOSPC/i.test(output)) {
    return new OpnasError(
      "DISK_FULL",
      `${what}: the disk is full. Free some space and start again.`,
      {
        cause,
      },
    );
  }
  const telling = output.split("\n").filter((line) => /FATAL|PANIC|ERROR|error:/.test(line));
  const line = telling.at(-1) ?? output.trim().split("\n").at(-1) ?? "no output";
  return new OpnasError("INTERNAL", `${what}: ${line.trim()}`, { cause });
}
