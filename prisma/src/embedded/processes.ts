import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/**
 * Returns true when a process of this number exists and has not ended, also one of another user. One that
 * has ended and waits for its parent, which a container's first process may never be, counts as none.
 */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
  if (process.platform !== "linux") return true;
  try {
    const line = readFileSync(`/proc/${pid}/stat`, "utf8");
    return !/^[ZX]/.test(line.slice(line.lastIndexOf(")") + 2));
  } catch {
    return false; // it has ended meanwhile
  }
}

/**
 * Returns true when process `pid` is the server of the cluster in `folder`, and false when its number,
 * which a crash left in postmaster.pid, now belongs to another program or to another cluster's server.
 */
export async function isServerOf(folder: string, pid: number): Promise<boolean> {
  if (!isAlive(pid)) return false;
  if (process.platform === "win32") return true;
  const command = await commandOf(pid);
  if (!path.basename(command.split(/[\0 ]/, 1)[0] ?? "").startsWith("postgres")) return false;
  // A server's working folder is its cluster, under whichever name it was started.
  const [own, its] = await Promise.all([
    stat(folder),
    stat(`/proc/${pid}/cwd`).catch(() => undefined),
  ]);
  if (its !== undefined) return own.dev === its.dev && own.ino === its.ino;
  return command.includes(folder);
}

/** Returns the program of a process and its arguments, with a NUL or a space between them. */
async function commandOf(pid: number): Promise<string> {
  return readFile(`/proc/${pid}/cmdline`, "utf8").catch(async () =>
    run("ps", ["-o", "args=", "-p", String(pid)]).then(
      ({ stdout }) => stdout,
      () => "",
    ),
  );
}
