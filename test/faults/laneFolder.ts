import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { describeError } from "@opnas/core";

const prefix = "opnas-faults-lane-";
const nameOfLane = new RegExp(`^${prefix}(\\d+)-`);

/** Makes a lane's folder, which names this process, with its folders of data and logs. */
export async function makeLaneFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), `${prefix}${process.pid}-`));
  await mkdir(dataFolderOf(folder));
  await mkdir(path.join(folder, "logs"));
  return folder;
}

/** Returns a lane's folder of data, at which its small disk is mounted. */
export function dataFolderOf(folder: string): string {
  return path.join(folder, "data");
}

/** Puts a disk of 32 MiB at an empty folder, where this user may. @returns true when it was done */
export function mountSmallDisk(folder: string): boolean {
  if (process.platform !== "linux" || process.getuid?.() !== 0) return false;
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=32m", "tmpfs", folder], { stdio: "ignore" });
    return true;
  } catch {
    return false; // A container without the right to mount.
  }
}

/** Unmounts the disks and removes the folders of lanes whose process was killed; says what stays. */
export async function removeLeftovers(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const pid = Number(nameOfLane.exec(name)?.[1]);
    if (Number.isNaN(pid) || isAlive(pid)) continue;
    const folder = path.join(tmpdir(), name);
    try {
      if ((await mountPoints()).includes(dataFolderOf(folder))) {
        execFileSync("umount", [dataFolderOf(folder)], { stdio: "ignore" });
      }
      await rm(folder, { recursive: true, force: true });
    } catch (error) {
      console.error(`${folder} stays for now: ${describeError(error)}`);
    }
  }
}

async function mountPoints(): Promise<string[]> {
  if (process.platform !== "linux") return [];
  const lines = (await readFile("/proc/mounts", "utf8")).split("\n");
  return lines.map((line) => line.split(" ")[1] ?? "");
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // A process of another user.
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
