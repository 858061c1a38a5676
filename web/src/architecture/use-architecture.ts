"use client";

import { useState } from "react";
import { useSubscription } from "urql";
import { isUnknown } from "@/api/errors";
import { useLiveQuery } from "@/api/use-live-query";
import { isActive } from "@/status/status";
import { architectureDetails, scoredCandidates } from "./queries";

/** Queries an architecture; while it has no score, its run's events are followed until it has. */
export function useArchitecture(id: string) {
  const [{ data, error, stale }, retry] = useLiveQuery({
    query: architectureDetails,
    variables: { id },
  });
  const architecture = data?.architecture;
  const run = architecture?.run;

  const [after, setAfter] = useState<number>();
  if (after === undefined && run && !stale) setAfter(run.lastSeq);
  const waiting = run !== undefined && architecture?.score === null && isActive(run.status);
  useSubscription(
    {
      query: scoredCandidates,
      variables: { runId: run?.id ?? "", after: after ?? 0 },
      pause: !waiting || after === undefined,
    },
    (_previous: undefined, { searchEvents }) => {
      const isOver = /^(candidate|reference)\.(evaluated|failed)$/.test(searchEvents.kind);
      if (searchEvents.architecture?.id === id && isOver) retry();
      return undefined;
    },
  );
  const found = isUnknown(error) ? false : architecture ? true : undefined;
  return { architecture, found, error, retry };
}
