import { setTimeout as sleep } from "node:timers/promises";
import type { Api } from "../api/client.js";
import { CliError, exitCodes } from "../api/error.js";

/** Seconds without an answer after which following a platform ends with an error. */
const silenceLimit = 120;

/** Receives the progress of something that is followed. */
export interface Watcher<State> {
  /** Receives the first state and each later one, a few times a second at most. */
  state(state: State): void;
  /** Is called when the connection was lost and is tried again. */
  lost(reason: string): void;
}

/** A long-running entity of the platform that can be followed: a run or a pre-training. */
export interface Followed<State> {
  /** @throws CliError when the entity does not exist */
  read(): Promise<State>;
  isOver(state: State): boolean;
  /** Yields the states that come after `state`; it may end at any time. */
  after(state: State, signal: AbortSignal): AsyncGenerator<State, void, void>;
}

/**
 * Follows a run or a pre-training to its end, over lost connections too.
 *
 * @param signal ends it early: the promise then rejects with the signal's reason
 * @returns the last state
 * @throws CliError when the platform has not answered for two minutes
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
      if (Date.now() - silentSince > silenceLimit * 1000) {
        throw new CliError(
          `${api.address} has not answered for ${silenceLimit} s: ${reason}`,
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
