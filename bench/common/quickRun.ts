import { spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";

const root = new URL("../..", import.meta.url).pathname;
const packageSchema = z.object({ scripts: z.record(z.string(), z.string()) });
/** The npm scripts of the repository, by name. */
export const { scripts } = packageSchema.parse(
  JSON.parse(await readFile(path.join(root, "package.json"), "utf8")),
);

/** Returns the program that an npm script runs after the build. */
export function programOf(script: string): string {
  const program = / && node (\S+)$/.exec(scripts[script] ?? "")?.[1];
  if (program === undefined) throw new Error(`${script} ends with no program.`);
  return program;
}

/** Milliseconds that a quick run may take: on a new machine some install PyTorch first. */
export const longestQuickRun = 900_000;

/**
 * Runs an npm script's program with `--quick`; returns what it printed. One that takes too long is ended with
 * all that it started.
 */
export function quick(script: string, ...args: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const command = [programOf(script), "--quick", ...args];
    const child = spawn(process.execPath, command, { cwd: root, detached: true });
    const end = () => child.pid !== undefined && process.kill(-child.pid, "SIGKILL");
    const limit = setTimeout(end, longestQuickRun);
    const [printed, noted]: [string[], string[]] = [[], []];
    child.stdout.setEncoding("utf8").on("data", (text: string) => printed.push(text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => noted.push(text));
    child.on("error", reject);
    child.on("close", (code) => {
      clearTimeout(limit);
      if (code === 0) resolve(printed.join(""));
      else reject(new Error(`${script} ended with ${String(code)}: ${noted.join("")}`));
    });
  });
}
