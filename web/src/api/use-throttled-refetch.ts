"use client";

import { useEffect, useRef } from "react";

const delayMs = 1_000;

/** Refetches one second after `version` changed; changes within that second cause one request. */
export function useThrottledRefetch(refetch: () => void, version: number): void {
  const latest = useRef(refetch);
  const seenVersion = useRef(version);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => {
    latest.current = refetch;
  });
  useEffect(() => {
    if (seenVersion.current === version) return;
    seenVersion.current = version;
    timer.current ??= setTimeout(() => {
      timer.current = undefined;
      latest.current();
    }, delayMs);
  }, [version]);
  useEffect(
    () => () => {
      clearTimeout(timer.current);
      timer.current = undefined;
    },
    [],
  );
}
