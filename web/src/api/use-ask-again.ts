"use client";

import { useEffect, useRef } from "react";

const waitMs = 1_000;

/** Asks again a second after `version` changed; changes of that second are one. */
export function useAskAgain(ask: () => void, version: number): void {
  const latest = useRef(ask);
  const asked = useRef(version);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => {
    latest.current = ask;
  });
  useEffect(() => {
    if (asked.current === version) return;
    asked.current = version;
    timer.current ??= setTimeout(() => {
      timer.current = undefined;
      latest.current();
    }, waitMs);
  }, [version]);
  useEffect(
    () => () => {
      clearTimeout(timer.current);
      timer.current = undefined;
    },
    [],
  );
}
