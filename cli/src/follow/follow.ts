import { setTimeout as sleep } from "node:timers/promises";
import { eventAnswerSchema, runAnswerSchema, type RunState } from "../api/answers.js";
import type { Api } from "../api/client.js";
import { eventsDocument, runDocument } from "../api/documents.js";
import { CliError, exitCodes } from "../api/error.js";

/** Seconds without an answer after which a platform that went away is given up. */
const patience = 120;
const finished: readonly RunState["status"][] = ["DONE", "FAILED", "CANCELLED"];

export interface Watcher<State> {
  /** Told the state now and after what happened, a few times a second at most. */
  state(state: State): void;
  /** Told that the connection was lost and is tried again. */
  lost(reason: string): void;
}

/** Something on the platform that takes its time. */
export interface Followed<State> {
  /** @throws CliError when there is no such thing */
  read(): Promise<State>;
  isOver(state: State): boolean;
  /** The states that come after one; it may end at any time. */
  after(state: State, signal: AbortSignal): AsyncGenerator<State, void, void>;
}

/**
 * Follows something to its end, over lost connections too.
 *
 * @returns the last state; @throws CliError when the platform stays away; `signal` ends it early
 *   by rejecting with its reason
 */
export async function follow<State>(
  api: Api,
  followed: Followed<State>,
  watcher: Watcher<State>,
  signal: AbortSignal,
): Promise<State> {
  let state = await followed.read();
  let silentSince: number | undefined;
  watcher.state(state);
  while (!followed.isOver(state)) {
    signal.throwIfAborted();
    try {
      for await (const next of followed.after(state, signal)) {
        state = next;
        silentSince = undefined;
        watcher.state(state);
        if (followed.isOver(state)) return state;
      }
      signal.throwIfAborted();
      state = await followed.read();
      silentSince = undefined;
      watcher.state(state);
    } catch (error) {
      signal.throwIfAborted();
      const reason = error instanceof Error ? error.message : "the connection was closed";
      silentSince ??= Date.now();
      if (Date.now() - silentSince > patience * 1000) {
        throw new CliError(
          `${api.address} has not answered for ${patience} s: ${reason}`,
          exitCodes.failed,
        );
      }
      watcher.lost(reason);
    }
    if (followed.isOver(state)) return state;
    await sleep(1_000, undefined, { signal }).catch(() => undefined);
  }
  return state;
}

/**
 * A run. The subscription tells that something happened (with replay after the last sequence
 * number, so a lost connection misses nothing), a query then tells how things stand.
 */
export function runOf(api: Api, id: string): Followed<RunState> {
  return {
    read: () => readRun(api, id),
    isOver: ({ status }) => finished.includes(status),
    after: (run, signal) => statesAfter(api, run, signal),
  };
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
