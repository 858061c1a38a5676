"use client";

import { useCallback, useEffect, useRef } from "react";
import { type AnyVariables, useQuery, type UseQueryArgs } from "urql";
import { useConnection } from "./provider";

/**
 * Runs a query that shows the cached result at once, fetches it too, and refetches when a lost
 * connection is restored: always, or (`ifFailed`) only after an error, for data that a subscription
 * with replay keeps current.
 */
export function useLiveQuery<Data, Variables extends AnyVariables>(
  args: UseQueryArgs<Variables, Data>,
  onReconnect: "always" | "ifFailed" = "always",
) {
  const [result, execute] = useQuery<Data, Variables>({
    requestPolicy: "cache-and-network",
    ...args,
  });
  const { epoch } = useConnection();
  const seenEpoch = useRef(epoch);
  useEffect(() => {
    if (seenEpoch.current === epoch) return;
    seenEpoch.current = epoch;
    if (args.pause !== true && (onReconnect === "always" || result.error)) {
      execute({ requestPolicy: "network-only" });
    }
  }, [epoch, execute, onReconnect, result.error, args.pause]);
  const retry = useCallback(() => execute({ requestPolicy: "network-only" }), [execute]);
  return [result, retry] as const;
}
