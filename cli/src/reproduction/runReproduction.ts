import type { Api } from "../api/client.js";
import { CliError, exitCodes } from "../api/error.js";
import {
  reproduceDocument,
  reproductionChangedDocument,
  reproductionDocument,
  type ReproductionState,
} from "../api/reproductions.js";
import { print, printJson, printTable, say } from "../commands/output.js";
import { follow, type Followed } from "../follow/follow.js";
import { showProgress, type ProgressLine } from "../follow/progress.js";

/**
 * Has an architecture's evaluation made again, follows it to its end and prints what differs from the
 * stored result. Progress goes to standard error.
 *
 * @param signal aborted when the person interrupts: the reproduction goes on
 * @returns the exit code: 0 the results are equal, 1 they differ or it failed, 130 interrupted
 * @throws CliError when the request is refused or the platform stays away
 */
export async function runReproduction(
  api: Api,
  { architectureId, json }: { architectureId: string; json: boolean },
  signal: AbortSignal,
): Promise<number> {
  // A repeated request finds the reproduction that is under way.
  const { reproduce } = await api.request(reproduceDocument, { architectureId });
  const progress = showProgress(process.stderr, progressLine);
  try {
    const state = await follow(api, followedReproduction(api, reproduce.id), progress, signal);
    progress.stop();
    if (json) printJson(state);
    return report(state, json);
  } catch (error) {
    if (!signal.aborted) throw error;
    progress.stop();
    say(
      `Interrupted: the reproduction goes on. Follow it again: opnas reproduce ${architectureId}`,
    );
    return exitCodes.interrupted;
  } finally {
    progress.stop();
  }
}

function followedReproduction(api: Api, id: string): Followed<ReproductionState> {
  return {
    read: async () => {
      const { reproduction } = await api.request(reproductionDocument, { id });
      if (reproduction !== null) return reproduction;
      throw new CliError(`There is no reproduction ${id}.`, exitCodes.usage);
    },
    isOver: ({ status }) => status === "DONE" || status === "FAILED",
    after: async function* (_, signal) {
      const messages = api.subscribe(reproductionChangedDocument, { id }, signal);
      for await (const { reproductionChanged } of messages) yield reproductionChanged;
    },
  };
}

function progressLine({ status, engine, waitingReason }: ReproductionState): ProgressLine {
  const what = status === "QUEUED" ? "waits for a worker" : `evaluated again by ${engine ?? "it"}`;
  // An evaluation takes seconds and tells no share.
  return { fraction: null, what: waitingReason ?? what, left: "", stage: status };
}

function report(state: ReproductionState, json: boolean): number {
  const { architecture, comparison, engine, error } = state;
  if (comparison == null) {
    say(`The reproduction failed: ${error?.message ?? "its stored result is gone."}`);
    return exitCodes.failed;
  }
  const { isEqual, differences, causes } = comparison;
  if (json) return isEqual ? exitCodes.done : exitCodes.failed;
  if (isEqual) {
    print(
      `${architecture.name}: equal to the last bit, score ${String(comparison.score)} (${engine ?? ""})`,
    );
    return exitCodes.done;
  }
  print(`${architecture.name}: ${String(differences.length)} values differ`);
  const rows = differences.map(({ name, stored, again }) => [name, stored, again]);
  printTable(["value", "stored", "again"], rows);
  for (const cause of causes) print(cause);
  return exitCodes.failed;
}
