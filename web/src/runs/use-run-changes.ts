"use client";

import { useEffect, useEffectEvent, useRef, useState } from "react";
import { useSubscription } from "urql";
import { type Run, runChanges } from "./fragments";

/** End of the state of a run that was archived or deleted. */
const hidden = " hidden";

/** Returns the part of a run that decides in which lists it is. */
function stateOf({ status, archivedAt, deletedAt }: Run): string {
  return archivedAt === null && deletedAt === null ? status : `${status}${hidden}`;
}

/**
 * Keeps all runs current through the cache, and calls `refetch` when a run that is not listed is
 * new or has a new status, or when one is archived or deleted, because the list may be another now; once
 * for each of these.
 *
 * @param listed ids of the runs shown; undefined until the list is loaded
 */
export function useRunChanges(listed: readonly string[] | undefined, refetch: () => void): void {
  const [changed, setChanged] = useState<ReadonlyMap<string, string>>(new Map());
  const asked = useRef(new Set<string>());
  useSubscription({ query: runChanges }, (_previous: undefined, { runsChanged: run }) => {
    const state = stateOf(run);
    setChanged((current) =>
      current.get(run.id) === state ? current : new Map(current).set(run.id, state),
    );
    return undefined;
  });
  const ask = useEffectEvent(() => {
    if (!listed) return;
    const unlisted = [...changed]
      .filter(([id, state]) => !listed.includes(id) || state.endsWith(hidden))
      .map(([id, state]) => `${id} ${state}`)
      .filter((change) => !asked.current.has(change));
    for (const change of unlisted) asked.current.add(change);
    if (unlisted.length > 0) refetch();
  });
  const loaded = listed !== undefined;
  useEffect(() => ask(), [changed, loaded]);
}
