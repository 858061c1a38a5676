import { execFile } from "node:child_process";
import { stat } from "node:fs/promises";
import { promisify } from "node:util";
import { OpnasError } from "@opnas/core";
import { undefinedIfAbsent } from "./absent.js";

const run = promisify(execFile);

/** Root's own place for what the database's user must reach when the data folder is closed to it. */
export const homeForRoot = "/var/lib/opnas";

/** The user that Postgres runs as; without ids it is the one we run as ourselves. */
export interface SystemUser {
  name: string;
  ids: { uid: number; gid: number } | undefined;
}

/**
 * Postgres refuses to run as root. As root it is started as the owner of the existing data, else
 * as `postgres`, else as `nobody`; as anyone else, as oneself.
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

/** True when `user` can list `folder`: asked of the system, which knows every rule that applies. */
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
