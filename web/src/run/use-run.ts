"use client";

import { useEffect, useState } from "react";
import { type CombinedError, useClient, useSubscription } from "urql";
import { isUnknown } from "@/api/errors";
import { useLiveQuery } from "@/api/use-live-query";
import { mergeEvents } from "@/run/events/event-log";
import { type EventLine, pastEvents, runEvents } from "@/run/events/queries";
import { runPage } from "./queries";

const pastLines = 100;

/**
 * Queries a run once; from the `seq` of that answer on, events keep it and its log current through
 * the cache, also after a lost connection (see `api/resume.ts`).
 */
export function useRun(id: string) {
  const [{ data, error, stale }, retry] = useLiveQuery(
    { query: runPage, variables: { id } },
    "ifFailed",
  );
  const run = data?.searchRun;

  // An answer from the cache may be older than its run; only the server's own starts the events.
  const [after, setAfter] = useState<number>();
  if (after === undefined && run && !stale) setAfter(run.lastSeq);

  const log = useLog(id, after);
  const [live] = useSubscription(
    {
      query: runEvents,
      variables: { runId: id, after: after ?? 0 },
      pause: after === undefined,
    },
    (_previous: undefined, { searchEvents }) => {
      log.add([searchEvents]);
      return undefined;
    },
  );
  return {
    run,
    found: isUnknown(error) ? false : run ? true : undefined,
    error: error ?? live.error ?? log.error,
    retry,
    log: log.lines,
  };
}

function useLog(id: string, after: number | undefined) {
  const client = useClient();
  const [lines, setLines] = useState<readonly EventLine[]>([]);
  const [error, setError] = useState<CombinedError>();
  const add = (events: readonly EventLine[]) => setLines((current) => mergeEvents(current, events));
  useEffect(() => {
    if (after === undefined) return;
    let wanted = true;
    const variables = { id, first: pastLines, after: Math.max(0, after - pastLines) };
    const policy = { requestPolicy: "network-only" } as const;
    void client.query(pastEvents, variables, policy).then(({ data, error }) => {
      if (!wanted) return;
      const events = data?.searchRun?.events;
      setError(error);
      if (events) setLines((current) => mergeEvents(current, events));
    });
    return () => {
      wanted = false;
    };
  }, [client, id, after]);
  return { lines, error, add };
}
