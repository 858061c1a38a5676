import { spawn } from "node:child_process";
import { appendFileSync, readdirSync, statSync } from "node:fs";
import path from "node:path";

/**
 * Turns an error of the file system, such as a full disk, into a StepFailed; returns any other
 * unchanged.
 */
export function asStepFailed(error) {
  return typeof error.syscall === "string" ? new StepFailed(error.message) : error;
}

/** The failure of a step, with a sentence that says why. */
export class StepFailed extends Error {}

/**
 * Runs a command, its output going to the log. Fails when it exits with an error, when it takes
 * longer than `limit` seconds, or when `watch` (a folder) has not grown for `stall` seconds, so
 * that a broken network cannot block the start. Ctrl-C ends the command and this process.
 * `onGrowth` is called with the folder's size in bytes.
 */
export function run(command, args, { log, cwd, env, limit, stall, watch, onGrowth }) {
  appendFileSync(log, `\n$ ${[command, ...args].join(" ")}\n`);
  return new Promise((resolve, reject) => {
    // A process group of its own, so that what the command started ends with it.
    const child = spawn(command, args, {
      cwd,
      env,
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    let failure;
    const keep = (chunk) => {
      appendFileSync(log, chunk);
      output = (output + chunk).slice(-20_000);
      grewAt = Date.now();
    };
    child.stdout.on("data", keep);
    child.stderr.on("data", keep);

    const startedAt = Date.now();
    let grewAt = startedAt;
    let size = -1;
    const stop = (reason) => {
      failure ??= reason;
      endGroup(child.pid);
    };
    const timer = setInterval(() => {
      const sizeNow = watch ? folderSize(watch) : size;
      if (sizeNow !== size) {
        size = sizeNow;
        grewAt = Date.now();
        onGrowth?.(size);
      }
      if (limit && Date.now() - startedAt > limit * 1000) stop(`took longer than ${limit} s`);
      if (stall && Date.now() - grewAt > stall * 1000) stop(`nothing arrived for ${stall} s`);
    }, 500);
    const onSignal = () => {
      endGroup(child.pid);
      process.exit(130);
    };
    process.once("SIGINT", onSignal).once("SIGTERM", onSignal);

    const finish = () => {
      clearInterval(timer);
      process.off("SIGINT", onSignal).off("SIGTERM", onSignal);
    };
    child.on("error", (error) => {
      finish();
      reject(
        new StepFailed(error.code === "ENOENT" ? `${command} is not installed` : error.message),
      );
    });
    child.on("close", (code, signal) => {
      finish();
      if (failure) reject(new StepFailed(failure));
      else if (code === 0) resolve(output);
      else reject(new StepFailed(reasonIn(output) ?? `it ended with ${signal ?? `code ${code}`}`));
    });
  });
}

function endGroup(pid) {
  try {
    process.kill(-pid, "SIGKILL");
  } catch (error) {
    if (error.code !== "ESRCH") throw error;
  }
}

/** Finds the line of a command's output that most likely says what went wrong. */
function reasonIn(output) {
  const lines = output.split("\n").map((line) => line.trim());
  const telling = [/reason: |getaddrinfo /, /\bE[A-Z]{4,}\b|Error: \S/, /\berror\b/i];
  for (const pattern of telling) {
    const line = lines.find((text) => pattern.test(text));
    if (line) return line.slice(0, 200);
  }
  return undefined;
}

/** Sums the bytes of all files below a folder; files that vanish meanwhile count as 0. */
export function folderSize(folder) {
  let bytes = 0;
  try {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const full = path.join(folder, entry.name);
      if (entry.isDirectory()) bytes += folderSize(full);
      else if (entry.isFile()) bytes += statSync(full).size;
    }
  } catch (error) {
    if (error.code !== "ENOENT") throw error;
  }
  return bytes;
}
