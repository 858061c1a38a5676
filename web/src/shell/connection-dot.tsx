"use client";

import { clsx } from "clsx";
import { useConnection } from "@/api/provider";

const looks = {
  connecting: { label: "Connecting", dot: "bg-muted animate-pulse" },
  live: { label: "Live", dot: "bg-good" },
  lost: { label: "Reconnecting", dot: "bg-warn animate-pulse" },
  stopped: { label: "Offline", dot: "bg-bad" },
} as const;

/** Shows the state of the live connection. */
export function ConnectionDot() {
  const { state } = useConnection();
  const { label, dot } = looks[state];
  return (
    <span
      data-testid="connection-state"
      data-state={state}
      title={label}
      className="flex items-center gap-1.5 px-1 text-xs text-muted"
    >
      <span aria-hidden className={clsx("size-2 rounded-full", dot)} />
      <span className="max-sm:sr-only">{label}</span>
    </span>
  );
}
