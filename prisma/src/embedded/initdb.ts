import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { userInfo } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { OpnasError } from "@opnas/core";
import { makeExecutable, type Binaries } from "./binaries.js";
import { postgresError } from "./postgresError.js";
import type { SystemUser } from "./systemUser.js";

const run = promisify(execFile);

/** Name of the cluster's superuser, as whom the platform connects. */
export const superuser = "opnas";

/**
 * Creates a cluster in the new folder `target`, with the password in `passwordFile`.
 *
 * initdb wants a name for the user who runs it, whatever name the superuser gets. A container may run as a
 * number without one: initdb then runs in a user namespace of its own, where that number has a name.
 *
 * @throws OpnasError `BAD_SETTING` for a user without a name where there are no user namespaces,
 * `DISK_FULL`, `INTERNAL` with initdb's message
 */
export async function initdb(
  binaries: Binaries,
  target: string,
  passwordFile: string,
  user: SystemUser,
): Promise<void> {
  await makeExecutable(binaries);
  const program = path.join(binaries.folder, "bin", "initdb");
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
  const isNameless = user.ids === undefined && !hasName();
  const command = isNameless ? ["unshare", ...(await asNamed()), program] : [program];
  const [file = program, ...args] = [...command, ...options];
  try {
    await run(file, args, { cwd: "/", ...user.ids, env: { ...process.env, LC_ALL: "C" } });
  } catch (cause) {
    if (isNameless && /spawn unshare|unshare: /.test(String(cause))) throw namelessError(cause);
    throw postgresError("The database could not be created", String(cause), cause);
  }
}

/** Returns false when the system knows only a number for the user of this process. */
function hasName(): boolean {
  try {
    return userInfo().username !== "";
  } catch {
    return false;
  }
}

/** Returns the options of `unshare` that let this user appear as one with a name, but not as root. */
async function asNamed(): Promise<string[]> {
  const rows = (await readFile("/etc/passwd", "utf8").catch(() => "")).split("\n");
  const uid = rows.map((row) => Number(row.split(":")[2])).findLast((number) => number > 0);
  return ["--user", `--map-user=${uid ?? 65_534}`];
}

function namelessError(cause: unknown): OpnasError {
  const uid = process.getuid?.() ?? 0;
  return new OpnasError(
    "BAD_SETTING",
    `The database could not be created: the user with number ${uid} has no name, which initdb needs, and this system has no user namespaces to give it one. Add the line "opnas:x:${uid}:${process.getgid?.() ?? 0}::/tmp:/bin/sh" to /etc/passwd, start as a user with a name, or set DATABASE_URL.`,
    { cause },
  );
}
