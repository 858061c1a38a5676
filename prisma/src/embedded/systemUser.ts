import { execFile } from "node:child_process";
import { chmod, mkdir, stat } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { OpnasError } from "@opnas/core";
import { undefinedIfAbsent } from "./absent.js";

const run = promisify(execFile);

/** Default folder for files that the database's user must reach when root's own are closed to it. */
export const defaultHomeForRoot = "/var/lib/opnas";

/** The user that Postgres runs as; without ids it is the user of this process. */
export interface SystemUser {
  name: string;
  ids: { uid: number; gid: number } | undefined;
}

/**
 * Chooses the user that Postgres runs as, because it refuses to run as root: for root, the owner of
 * the existing data, else `postgres`, else `nobody`; for any other user, that user.
 * @throws OpnasError `DATA_FOLDER_UNWRITABLE` when the data belongs to another user, `BAD_SETTING` when
 * root finds no user
 */
export async function chooseUser(cluster: string): Promise<SystemUser> {
  const self = process.getuid?.();
  const owner = await stat(cluster).catch(async (error: unknown) => {
    if (!isDenied(error)) {
      undefinedIfAbsent(error);
      return undefined;
    }
    throw await closedError({ name: `user ${self ?? "of this process"}`, ids: undefined }, cluster);
  });
  if (self !== 0) {
    if (self !== undefined && owner !== undefined && owner.uid !== self) {
      throw new OpnasError(
        "DATA_FOLDER_UNWRITABLE",
        `The database in ${cluster} belongs to another user (number ${owner.uid}), probably because it was made by root: start as root again, or choose another folder with OPNAS_DATA_DIR.`,
      );
    }
    return { name: `user ${self ?? "of this process"}`, ids: undefined };
  }
  if (owner !== undefined && owner.uid !== 0) {
    return { name: `user ${owner.uid}`, ids: { uid: owner.uid, gid: owner.gid } };
  }
  for (const name of ["postgres", "nobody"]) {
    const ids = await idsOf(name);
    if (ids !== undefined) return { name, ids };
  }
  throw new OpnasError(
    "BAD_SETTING",
    "Postgres does not run as root and there is neither a user postgres nor nobody: start as another user, or set DATABASE_URL.",
  );
}

/** Returns true when `user` can list `folder`, by trying it in a process of that user. */
export async function canEnter(user: SystemUser, folder: string): Promise<boolean> {
  return canDo(user, 'cd "$1" && ls . >/dev/null', folder);
}

/** Returns true when a shell command with the argument `argument` succeeds in a process of `user`. */
export async function canDo(user: SystemUser, command: string, argument: string): Promise<boolean> {
  return run("/bin/sh", ["-c", command, "sh", argument], { cwd: "/", ...user.ids }).then(
    () => true,
    () => false,
  );
}

/**
 * Makes root's folder for the database's files, and opens one that an umask closed when it was made.
 * @throws OpnasError `DATA_FOLDER_UNWRITABLE` when it cannot be made
 */
export async function makeHome(home: string): Promise<void> {
  try {
    await mkdir(home, { recursive: true });
    await chmod(home, 0o755);
  } catch (cause) {
    throw new OpnasError(
      "DATA_FOLDER_UNWRITABLE",
      `The folder ${home}, in which root's database is kept when OPNAS_DATA_DIR is closed to the user that Postgres runs as, cannot be made: set OPNAS_DATA_DIR to a folder that every user can enter.`,
      { cause },
    );
  }
}

/** Returns true for the error of a file operation that this user may not do. */
export function isDenied(error: unknown): boolean {
  return (
    error instanceof Error && "code" in error && ["EACCES", "EPERM"].includes(String(error.code))
  );
}

/** Builds the error for a cluster that `user` may not read: it names the topmost folder closed to it. */
export async function closedError(user: SystemUser, cluster: string): Promise<OpnasError> {
  const folders = [cluster];
  while (path.dirname(folders[0] ?? "/") !== folders[0]) {
    folders.unshift(path.dirname(folders[0] ?? "/"));
  }
  let closed = cluster;
  for (const folder of folders) {
    if (await canDo(user, folder === cluster ? 'cd "$1" && ls . >/dev/null' : 'cd "$1"', folder))
      continue;
    closed = folder;
    break;
  }
  return new OpnasError(
    "DATA_FOLDER_UNWRITABLE",
    `The database in ${cluster} cannot be read by ${user.name}: ${closed} is closed to it. Open that folder (chmod), start as the user who made it, or choose another folder with OPNAS_DATA_DIR.`,
  );
}

async function idsOf(name: string): Promise<{ uid: number; gid: number } | undefined> {
  try {
    const uid = Number((await run("id", ["-u", name])).stdout);
    const gid = Number((await run("id", ["-g", name])).stdout);
    return { uid, gid };
  } catch {
    return undefined;
  }
}
