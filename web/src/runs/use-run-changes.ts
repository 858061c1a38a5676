"use client";

import { useEffect, useEffectEvent, useRef, useState } from "react";
import { useSubscription } from "urql";
import { runChanges } from "./fragments";

/**
 * Keeps all runs current through the cache, and calls `refetch` when a run that is not listed is
 * new or has a new status, because it may belong to the list now; once for each status.
 *
 * @param listed ids of the runs shown; undefined until the list is loaded
 */
export function useRunChanges(listed: readonly string[] | undefined, refetch: () => void): void {
  const [changed, setChanged] = useState<ReadonlyMap<string, string>>(new Map());
  const asked = useRef(new Set<string>());
  useSubscription({ query: runChanges }, (_previous: undefined, { runsChanged: run }) => {
    setChanged((current) =>
      current.get(run.id) === run.status ? current : new Map(current).set(run.id, run.status),
    );
    return undefined;
  });
  const ask = useEffectEvent(() => {
    if (!listed) return;
    const unlisted = [...changed]
      .filter(([id]) => !listed.includes(id))
      .map(([id, status]) => `${id} ${status}`)
      .filter((change) => !asked.current.has(change));
    for (const change of unlisted) asked.current.add(change);
    if (unlisted.length > 0) refetch();
  });
  const loaded = listed !== undefined;
  useEffect(() => ask(), [changed, loaded]);
}
