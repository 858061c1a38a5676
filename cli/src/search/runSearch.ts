import { randomUUID } from "node:crypto";
import { existsSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Api } from "../api/client.js";
import { CliError, exitCodes } from "../api/error.js";
import { cancelDocument, resumeDocument, startSearchDocument, type RunState } from "../api/runs.js";
import { print, printJson, say } from "../commands/output.js";
import { follow } from "../follow/follow.js";
import { showProgress } from "../follow/progress.js";
import type { StartSearchInput } from "../generated/graphql.js";
import { makeFolder } from "../makeFolder.js";
import { buildRecord, fetchRunData } from "./record.js";
import { followedRun, readRun, runLine } from "./runState.js";
import { timeSplit } from "./timeSplit.js";

/** The options of the command `search`. */
export interface SearchOptions {
  input: StartSearchInput;
  /**
   * The id of an earlier run to follow instead of starting one; one that is paused, failed or
   * cancelled is resumed.
   */
  resume?: string | undefined;
  /** The file of the JSON record; without one it goes to standard output. */
  out?: string | undefined;
  /** Start the search, print its id and end. */
  detach?: boolean | undefined;
  /** Cancel the run on Ctrl-C instead of leaving it to go on. */
  cancelOnInterrupt?: boolean | undefined;
  /** The command that follows this search again; the run's id is appended. */
  resumeWith: string;
}

/**
 * Starts a search, follows it to its end and writes its record. Progress goes to standard error.
 *
 * @param signal aborted when the person interrupts: the run is then left as it is, or cancelled
 * @returns the exit code: 0 the run is done, 1 it failed or was cancelled, 130 interrupted
 * @throws CliError when the input is refused, `out` cannot be written or the platform stays away
 */
export async function runSearch(
  api: Api,
  options: SearchOptions,
  signal: AbortSignal,
): Promise<number> {
  if (options.out !== undefined) checkWritable(options.out);
  const id = options.resume ?? (await start(api, options.input));
  if (options.resume !== undefined) await resumeIfStopped(api, id);
  if (options.detach === true) {
    print(id);
    return exitCodes.done;
  }
  const progress = showProgress(process.stderr, runLine);
  let run: RunState;
  try {
    run = await follow(api, followedRun(api, id), progress, signal);
  } catch (error) {
    if (!signal.aborted) throw error;
    progress.stop();
    return await interrupted(api, id, options);
  } finally {
    progress.stop();
  }
  const data = await fetchRunData(api, id);
  const record = buildRecord(data);
  if (options.out === undefined) printJson(record);
  else writeAtomically(options.out, `${JSON.stringify(record, null, 2)}\n`);
  say(timeSplit(data.run.timings, data.candidates));
  return report(run, options.out);
}

async function start(api: Api, asked: StartSearchInput): Promise<string> {
  const input = { ...asked, idempotencyKey: randomUUID() };
  const { startSearch } = await api.requestOnce(startSearchDocument, { input });
  say(`Run ${startSearch.name} (${startSearch.id}) started.`);
  return startSearch.id;
}

async function resumeIfStopped(api: Api, id: string): Promise<void> {
  const { status } = await readRun(api, id);
  if (status === "PAUSED" || status === "FAILED" || status === "CANCELLED")
    await api.request(resumeDocument, { id });
}

async function interrupted(api: Api, id: string, options: SearchOptions): Promise<number> {
  if (options.cancelOnInterrupt === true) {
    await api.request(cancelDocument, { id });
    say("Interrupted: the run was cancelled.");
  } else {
    say(
      `Interrupted: the run is kept and goes on with the platform. Follow it again: ${options.resumeWith} ${id}`,
    );
  }
  return exitCodes.interrupted;
}

function report(run: RunState, out: string | undefined): number {
  const record = out === undefined ? "" : ` Record: ${out}`;
  if (run.status === "DONE") {
    const best = run.bestArchitecture;
    const found =
      best === null ? "" : ` Best: ${best.name}, score ${best.score?.toFixed(2) ?? "none"}.`;
    const failed = run.failures === 0 ? "" : ` Candidates that failed: ${run.failures}.`;
    say(`Done.${found}${failed}${record}`);
    return exitCodes.done;
  }
  const reason = run.error === null ? "" : `: ${run.error.message}`;
  say(`The run ${run.status === "FAILED" ? "failed" : "was cancelled"}${reason}.${record}`);
  return exitCodes.failed;
}

/** Throws before the search begins: one of hours must not end with a record that cannot be written. */
function checkWritable(file: string): void {
  const isNew = !existsSync(file);
  try {
    makeFolder(path.dirname(file));
    writeFileSync(file, "", { flag: "a" });
    if (isNew) rmSync(file);
  } catch (cause) {
    throw new CliError(`--out ${file} cannot be written: name another file.`, exitCodes.usage, {
      cause,
    });
  }
}

function writeAtomically(file: string, text: string): void {
  const unfinished = `${file}.${process.pid}`;
  writeFileSync(unfinished, text);
  renameSync(unfinished, file);
}
