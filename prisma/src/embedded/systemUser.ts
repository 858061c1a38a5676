import { execFile } from "node:child_process";
import { stat } from "node:fs/promises";
import { promisify } from "node:util";
import { OpnasError } from "@opnas/core";
import { undefinedIfAbsent } from "./absent.js";

const run = promisify(execFile);

/** Folder for files that the database's user must reach when root's data folder is closed to it. */
export const homeForRoot = "/var/lib/opnas";

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
  const owner = await stat(cluster).catch(undefinedIfAbsent);
  if (self !== 0) {
    if (self !== undefined && owner !== undefined && owner.uid !== self) {
      throw new OpnasError(
        "DATA_FOLDER_UNWRITABLE",
        `The database in ${cluster} belongs to another user (number ${owner.uid}), probably because it was made by root: start as root again, or choose another folder with OPNAS_DATA_DIR.`,
      );
    }
    return { name: "this user", ids: undefined };
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
  const probe = run("/bin/sh", ["-c", 'cd "$1" && ls . >/dev/null', "sh", folder], {
    cwd: "/",
    ...user.ids,
  });
  return probe.then(
    () => true,
    () => false,
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
