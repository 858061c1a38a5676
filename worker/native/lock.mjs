import { randomUUID } from "node:crypto";
import {
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const BEAT_MS = 2_000;
/** A lock that has not been touched for so long belongs to a process that is gone. */
const STALE_MS = 10_000;

/**
 * Runs `work` while holding the lock at `file`, so that of several installs at once one works and
 * the others wait. The holder touches the file every two seconds; a lock left by a crash is taken
 * over after ten.
 */
export async function withLock(file, onWait, work) {
  const token = randomUUID();
  mkdirSync(path.dirname(file), { recursive: true });
  for (let waited = false; !tryTake(file, token); waited = true) {
    if (!waited) onWait();
    await sleep(500);
  }
  const beat = setInterval(() => {
    const now = new Date();
    if (holds(file, token)) utimesSync(file, now, now);
  }, BEAT_MS);
  const release = () => {
    if (holds(file, token)) rmSync(file, { force: true });
  };
  process.once("exit", release);
  try {
    return await work();
  } finally {
    clearInterval(beat);
    process.off("exit", release);
    release();
  }
}

function tryTake(file, token) {
  removeIfStale(file);
  try {
    writeFileSync(file, token, { flag: "wx" });
    return true;
  } catch (error) {
    if (error.code === "EEXIST") return false;
    throw error;
  }
}

/**
 * Removes a stale lock; it is renamed first, so that only one of several waiting processes
 * succeeds.
 */
function removeIfStale(file) {
  try {
    if (Date.now() - statSync(file).mtimeMs < STALE_MS) return;
    const renamed = `${file}.${randomUUID()}`;
    renameSync(file, renamed);
    rmSync(renamed);
  } catch (error) {
    if (error.code !== "ENOENT") throw error;
  }
}

function holds(file, token) {
  try {
    return readFileSync(file, "utf8") === token;
  } catch {
    return false;
  }
}
