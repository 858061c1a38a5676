import { spawn, type ChildProcess } from "node:child_process";
import { randomUUID } from "node:crypto";
import { rename, writeFile } from "node:fs/promises";
import { Socket } from "node:net";
import path from "node:path";
import { isAlive } from "./processes.js";

/**
 * Shell script of a watcher. Its standard input closes when the process that started it has gone, also by
 * SIGKILL. It then asks the server for a fast shutdown, unless another process has taken the server over
 * or the number in postmaster.pid, which a server writes soon after its start, is not the server's.
 * Its arguments: the server's process id, its postmaster.pid, the owner's file, the owner.
 */
const script = `
while read -r line; do :; done
for wait in 1 1 1 1 1; do
  read -r owner <"$3" && [ "$owner" = "$4" ] && kill -0 "$1" || exit 0
  read -r pid <"$2" && [ "$pid" = "$1" ] && kill -INT "$1" && exit 0
  sleep "$wait"
done`;

/** The number of watchers; each goes on alone when the others are killed together with their launcher. */
const count = 2;
/** Milliseconds until a watcher that was killed is replaced. */
const replaceAfter = 200;

/**
 * Makes this process the owner of a running server: from now on the server ends when this process has
 * gone, however it went. Does nothing on Windows.
 *
 * @param folder the folder of the cluster, where the owner's file is kept
 * @param cluster the real folder of the cluster
 * @param pid the server's process id
 * @returns ends the watchers and leaves the server running
 */
export async function own(folder: string, cluster: string, pid: number): Promise<() => void> {
  if (process.platform === "win32") return () => undefined;
  const owner = randomUUID();
  const file = path.join(folder, "owner");
  await writeFile(`${file}.${owner}`, `${owner}\n`);
  await rename(`${file}.${owner}`, file);
  const watchers = new Set<ChildProcess>();
  let isReleased = false;
  const begin = () => {
    if (isReleased || !isAlive(pid)) return;
    const args = [String(pid), path.join(cluster, "postmaster.pid"), file, owner];
    const watcher = spawn("/bin/sh", ["-c", script, "sh", ...args], {
      cwd: "/",
      detached: true,
      stdio: ["pipe", "ignore", "ignore"],
    });
    watchers.add(watcher);
    watcher.on("error", () => watchers.delete(watcher)); // it could not be started or signalled
    watcher.once("exit", () => {
      watchers.delete(watcher);
      watcher.stdin.destroy();
      setTimeout(begin, replaceAfter).unref();
    });
    watcher.unref();
    if (watcher.stdin instanceof Socket) watcher.stdin.unref();
  };
  for (let index = 0; index < count; index += 1) begin();
  return () => {
    isReleased = true;
    for (const watcher of watchers) watcher.kill("SIGKILL");
  };
}
