import { setTimeout as sleep } from "node:timers/promises";
import { eventAnswerSchema, runAnswerSchema, type RunState } from "../api/answers.js";
import type { Api } from "../api/client.js";
import { eventsDocument, runDocument } from "../api/documents.js";
import { CliError, exitCodes } from "../api/error.js";

/** Seconds without an answer after which a platform that went away is given up. */
const patience = 120;
const finished: readonly RunState["status"][] = ["DONE", "FAILED", "CANCELLED"];

export interface Watcher {
  /** Told the run's state now and after what happened to it, a few times a second at most. */
  state(run: RunState): void;
  /** Told that the connection was lost and is tried again. */
  lost(reason: string): void;
}

/**
 * Follows a run to its end. The subscription tells that something happened (with replay after the
 * last sequence number, so a lost connection misses nothing), a query then tells how things stand.
 *
 * @returns the finished run; @throws CliError when the platform stays away; `signal` ends it early
 *   by rejecting with its reason
 */
export async function follow(
  api: Api,
  id: string,
  watcher: Watcher,
  signal: AbortSignal,
): Promise<RunState> {
  let run = await readRun(api, id);
  let answeredAt = Date.now();
  watcher.state(run);
  while (!finished.includes(run.status)) {
    signal.throwIfAborted();
    try {
      for await (const state of statesAfter(api, run, signal)) {
        run = state;
        answeredAt = Date.now();
        watcher.state(run);
        if (finished.includes(run.status)) return run;
      }
      signal.throwIfAborted();
      run = await readRun(api, id);
    } catch (error) {
      signal.throwIfAborted();
      const reason = error instanceof Error ? error.message : "the connection was closed";
      if (Date.now() - answeredAt > patience * 1000) {
        throw new CliError(
          `${api.address} has not answered for ${patience} s: ${reason}`,
          exitCodes.failed,
        );
      }
      watcher.lost(reason);
    }
    await sleep(1_000, undefined, { signal }).catch(() => undefined);
  }
  return run;
}

/** The run's state after each burst of its events. */
async function* statesAfter(
  api: Api,
  { id, lastSeq }: RunState,
  signal: AbortSignal,
): AsyncGenerator<RunState, void, void> {
  const events = api.subscribe(
    eventsDocument,
    { runId: id, after: lastSeq },
    eventAnswerSchema,
    signal,
  );
  let known = lastSeq;
  for await (const { searchEvents } of events) {
    if (searchEvents.seq <= known) continue; // already in the state that was read last
    const run = await readRun(api, id);
    known = run.lastSeq;
    yield run;
  }
}

/** @throws CliError when there is no such run */
export async function readRun(api: Api, id: string): Promise<RunState> {
  const { searchRun } = await api.request(runDocument, { id }, runAnswerSchema);
  if (searchRun === null || searchRun === undefined) {
    throw new CliError(`There is no run ${id}.`, exitCodes.usage);
  }
  return searchRun;
}
