/** Optuna's TPE as one more strategy: a Python process that is asked and told. */
import { execFile } from "node:child_process";
import { existsSync, renameSync, rmSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Candidate } from "@opnas/core";
import { cacheFolder } from "@opnas/worker/internals";
import { z } from "zod";
import { startJsonLines, type JsonLines } from "../common/jsonLines.ts";
import { note } from "../common/progress.ts";
import { budget } from "./report.ts";
import type { Run, Search, Variant } from "./searches.ts";

const version = "5.0.0";
const proposalSchema = z.strictObject({ options: z.record(z.string(), z.string()) });

/** Proposals for each evaluation, at most: once it has converged, TPE proposes the same again and again. */
const asksPerEvaluation = 2;

/**
 * Returns Optuna's TPE with its default settings as a variant, and what ends its process. Undefined
 * with a note where it cannot be had: the benches then leave it out.
 */
export async function tpe(seeds: number): Promise<{ variant: Variant; end: () => void } | null> {
  try {
    const python = await installedOptuna();
    const script = fileURLToPath(new URL("tpe.py", import.meta.url));
    const process = await startTpe([python, script]);
    const search = tpeSearch(process);
    const variant = { name: "Optuna TPE", search, seeds, evaluations: budget };
    return { variant, end: process.end };
  } catch (error) {
    const [reason = ""] = (error instanceof Error ? error.message : String(error)).split("\n");
    note(`Optuna's TPE is left out: it cannot be had here (${reason})`);
    return null;
  }
}

/** Starts a process that speaks the protocol of tpe.py. */
export function startTpe(command: readonly [string, ...string[]]): Promise<JsonLines> {
  const env = { ...process.env, PYTHONDONTWRITEBYTECODE: "1" };
  return startJsonLines("Optuna's side", command, env);
}

/**
 * Returns the process's proposals as a search of any table's slots. A proposal that was evaluated
 * before is told its score again and does not count as an evaluation.
 */
export function tpeSearch(process: JsonLines): Search {
  return async ({ table, seed, scoreOf, evaluations }: Run) => {
    const history = new Map<string, Candidate<string>>();
    const { slots } = table;
    let proposal = await process.ask({ study: { seed, slots } }, proposalSchema);
    for (let asked = 1; ; asked++) {
      const key = table.keyOf(proposal.options);
      const index = history.size;
      const known = history.get(key)?.score;
      const score = known ?? scoreOf(key);
      if (known === undefined) {
        history.set(key, { architecture: key, key, score, generation: index, index: 0 });
      }
      const isDone = history.size === evaluations || asked === asksPerEvaluation * evaluations;
      if (isDone) return [...history.values()];
      proposal = await process.ask({ score }, proposalSchema);
    }
  };
}

/** Returns the Python of a virtual environment with Optuna; makes it in the cache, once. */
async function installedOptuna(): Promise<string> {
  const folder = path.join(cacheFolder(), "bench", `optuna-${version}`);
  const python = path.join(folder, "bin", "python");
  if (existsSync(python)) return python;
  note(`getting Optuna ${version} into ${folder}`);
  const draft = `${folder}.making`;
  rmSync(draft, { recursive: true, force: true });
  const run = promisify(execFile);
  await run("python3", ["-m", "venv", draft]);
  const plain = ["--quiet", "--disable-pip-version-check", "--only-binary=:all:"];
  const pip = ["-m", "pip", "install", ...plain, `optuna==${version}`];
  await run(path.join(draft, "bin", "python"), pip);
  renameSync(draft, folder);
  return python;
}
