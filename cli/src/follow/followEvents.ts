import type { Api } from "../api/client.js";
import { exitCodes } from "../api/error.js";
import { followedEventsDocument, storedEventsDocument } from "../api/manage.js";
import { say } from "../commands/output.js";
import { follow } from "./follow.js";

/** An event of a run as the API gives it. */
export interface Event {
  seq: number;
  kind: string;
  time: string;
  payload: unknown;
}

/**
 * Follows a run's events, over lost connections too, none missed and none twice, until `signal`.
 * @returns the exit code
 */
export async function followEvents(
  api: Api,
  id: string,
  after: number,
  write: (event: Event) => void,
  signal: AbortSignal,
): Promise<number> {
  let last = after;
  const followed = {
    read: async () => {
      const variables = { id, first: 1, after: last };
      const { searchRun } = await api.request(storedEventsDocument, variables);
      return searchRun?.lastSeq ?? last;
    },
    isOver: () => false,
    async *after() {
      for await (const { searchEvents } of api.subscribe(
        followedEventsDocument,
        { runId: id, after: last },
        signal,
      )) {
        if (searchEvents.seq <= last) continue;
        last = searchEvents.seq;
        write(searchEvents);
        yield last;
      }
    },
  };
  const watcher = {
    state: () => undefined,
    lost: (reason: string) => say(`connection lost, trying again (${reason})`),
  };
  try {
    await follow(api, followed, watcher, signal);
    return exitCodes.done;
  } catch (error) {
    if (!signal.aborted) throw error;
    return exitCodes.interrupted;
  }
}
