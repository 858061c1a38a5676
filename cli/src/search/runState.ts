import type { Api } from "../api/client.js";
import { CliError, exitCodes } from "../api/error.js";
import { eventsDocument, runDocument, type RunState } from "../api/runs.js";
import type { Followed } from "../follow/follow.js";
import { timeLeft, type ProgressLine } from "../follow/progress.js";

const finished: readonly RunState["status"][] = ["DONE", "FAILED", "CANCELLED"];

/**
 * Makes a run followable. The subscription reports that something happened (with replay after the
 * last sequence number, so that a lost connection misses nothing), then a query reads the state.
 */
export function followedRun(api: Api, id: string): Followed<RunState> {
  return {
    read: () => readRun(api, id),
    isOver: ({ status }) => finished.includes(status),
    after: (run, signal) => statesAfter(api, run, signal),
  };
}

/** Yields the run's state after each burst of its events. */
async function* statesAfter(
  api: Api,
  { id, lastSeq }: RunState,
  signal: AbortSignal,
): AsyncGenerator<RunState, void, void> {
  const events = api.subscribe(eventsDocument, { runId: id, after: lastSeq }, signal);
  let known = lastSeq;
  for await (const { searchEvents } of events) {
    if (searchEvents.seq <= known) continue; // already in the state that was read last
    const run = await readRun(api, id);
    known = run.lastSeq;
    yield run;
  }
}

/**
 * Reads the state of a run.
 *
 * @throws CliError when there is no such run
 */
export async function readRun(api: Api, id: string): Promise<RunState> {
  const { searchRun } = await api.request(runDocument, { id });
  if (searchRun === null) {
    throw new CliError(`There is no run ${id}.`, exitCodes.usage);
  }
  return searchRun;
}

/** Describes the state of a run for a person. */
export function runLine(run: RunState): ProgressLine {
  const { status, progress } = run;
  return {
    fraction: progress.fraction,
    what: what(run),
    left: status === "RUNNING" ? timeLeft(progress.etaSeconds) : "",
    stage: `${status} ${progress.phase}`,
  };
}

const phases = {
  PREPARING: "preparing",
  SUPERNET: "super-net, step",
  SEARCHING: "candidate",
  FINISHED: "finished",
} as const;

function what({ status, progress, bestArchitecture, failures, waitingReason }: RunState): string {
  const { phase, done, total } = progress;
  const count = phase === "SUPERNET" || phase === "SEARCHING" ? ` ${done} of ${total}` : "";
  const best = bestArchitecture?.score ?? null;
  const state = status === "PAUSED" ? "paused, " : "";
  const failed = failures === 0 ? "" : `, ${failures} failed`;
  const found = best === null ? "" : `, best ${best.toFixed(2)}`;
  const waiting = waitingReason === null ? "" : ` — waits: ${waitingReason}`;
  return `${state}${phases[phase]}${count}${failed}${found}${waiting}`;
}
