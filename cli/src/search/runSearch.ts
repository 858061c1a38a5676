import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { cancelledSchema, resumedSchema, startedSchema, type RunState } from "../api/answers.js";
import type { Api } from "../api/client.js";
import { cancelDocument, resumeDocument, startSearchDocument } from "../api/documents.js";
import { CliError, exitCodes } from "../api/error.js";
import type { StartSearchInput } from "../generated/graphql.js";
import { follow, readRun, runOf } from "./follow.js";
import { runLine, showProgress } from "./progress.js";
import { buildRecord, fetchRunData } from "./record.js";
import { timeSplit } from "./timeSplit.js";

export interface SearchOptions {
  input: StartSearchInput;
  /** Follow this run, started earlier, instead of a new one; a paused one is resumed. */
  resume?: string | undefined;
  /** File of the JSON record; without one it goes to standard output. */
  out?: string | undefined;
  /** Only start it, and print its id. */
  detach?: boolean | undefined;
  cancelOnInterrupt?: boolean | undefined;
  /** How the person resumes this search; the run's id is appended. */
  resumeWith: string;
}

/**
 * Starts a search, follows it to its end and writes its record. Progress goes to standard error.
 *
 * @param signal aborted when the person interrupts: the run is then left as it is, or cancelled
 * @returns the exit code: 0 the run is done, 1 it failed or was cancelled, 130 interrupted
 * @throws CliError
 */
export async function search(
  api: Api,
  options: SearchOptions,
  signal: AbortSignal,
): Promise<number> {
  if (options.out !== undefined) checkWritable(options.out);
  const id = options.resume ?? (await start(api, options.input));
  if (options.resume !== undefined) await wake(api, id);
  if (options.detach === true) {
    process.stdout.write(`${id}\n`);
    return exitCodes.done;
  }
  const progress = showProgress(process.stderr, runLine);
  let run: RunState;
  try {
    run = await follow(api, runOf(api, id), progress, signal);
  } catch (error) {
    if (!signal.aborted) throw error;
    progress.stop();
    return await interrupted(api, id, options);
  } finally {
    progress.stop();
  }
  const data = await fetchRunData(api, id);
  const record = buildRecord(data);
  const text = `${JSON.stringify(record, null, 2)}\n`;
  if (options.out === undefined) process.stdout.write(text);
  else writeWhole(options.out, text);
  say(timeSplit(data.run.timings, data.candidates));
  return report(run, options.out);
}

async function start(api: Api, input: StartSearchInput): Promise<string> {
  const { startSearch } = await api.request(startSearchDocument, { input }, startedSchema);
  say(`Run ${startSearch.name} (${startSearch.id}) started.`);
  return startSearch.id;
}

/** A paused run is resumed; one that runs already is only followed. */
async function wake(api: Api, id: string): Promise<void> {
  const { status } = await readRun(api, id);
  if (status === "PAUSED") await api.request(resumeDocument, { id }, resumedSchema);
}

async function interrupted(api: Api, id: string, options: SearchOptions): Promise<number> {
  if (options.cancelOnInterrupt === true) {
    await api.request(cancelDocument, { id }, cancelledSchema);
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
      best === null || best === undefined
        ? ""
        : ` Best: ${best.name}, score ${best.score?.toFixed(2) ?? "none"}.`;
    say(`Done.${found}${record}`);
    return exitCodes.done;
  }
  const reason = run.error === null || run.error === undefined ? "" : `: ${run.error.message}`;
  say(`The run ${run.status === "FAILED" ? "failed" : "was cancelled"}${reason}.${record}`);
  return exitCodes.failed;
}

/** A search of hours must not end with a record that cannot be written. */
function checkWritable(file: string): void {
  const isNew = !existsSync(file);
  try {
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, "", { flag: "a" });
    if (isNew) rmSync(file);
  } catch (cause) {
    throw new CliError(`--out ${file} cannot be written: name another file.`, exitCodes.usage, {
      cause,
    });
  }
}

function writeWhole(file: string, text: string): void {
  const unfinished = `${file}.${process.pid}`;
  writeFileSync(unfinished, text);
  renameSync(unfinished, file);
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
