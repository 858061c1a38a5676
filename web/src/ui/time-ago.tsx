"use client";

import { useSyncExternalStore } from "react";
import { ago, dateTime } from "@/format/time";

const tickMs = 15_000;

function everyTick(listener: () => void): () => void {
  const timer = setInterval(listener, tickMs);
  return () => clearInterval(timer);
}
const now = () => Math.floor(Date.now() / tickMs) * tickMs;

/** Shows the time since `time`, kept current, as in "4 min ago", with the exact time on hover. */
export function TimeAgo({ time }: { time: string }) {
  return (
    <time dateTime={time} title={dateTime(time)}>
      {ago(time, useSyncExternalStore(everyTick, now, now))}
    </time>
  );
}
