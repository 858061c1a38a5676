import { clsx } from "clsx";
import Link from "next/link";
import { clock } from "@/format/time";
import { Panel } from "@/ui/card";
import { describeEvent } from "./describe-event";
import { foldProgress } from "./event-log";
import type { EventLine } from "./queries";

/** Lists the run's events, newest first. */
export function EventLog({ log }: { log: readonly EventLine[] }) {
  return (
    <Panel title="Events" note="Newest first" data-testid="event-log">
      {log.length === 0 && <p className="text-sm text-muted">Nothing has happened yet.</p>}
      <ol
        tabIndex={0}
        aria-label="Events"
        className="max-h-96 space-y-1.5 overflow-auto text-[13px]"
      >
        {foldProgress(log)
          .toReversed()
          .map((event) => {
            const { text, href, tone } = describeEvent(event);
            return (
              <li key={event.seq} className="flex gap-3" data-testid="event" data-seq={event.seq}>
                <time dateTime={event.time} className="shrink-0 text-muted tabular-nums">
                  {clock(event.time)}
                </time>
                <span
                  className={clsx(
                    "min-w-0 wrap-anywhere",
                    tone === "bad" && "text-bad",
                    tone === "good" && "font-medium",
                  )}
                >
                  {href ? (
                    <Link href={href} className="hover:text-accent hover:underline">
                      {text}
                    </Link>
                  ) : (
                    text
                  )}
                </span>
              </li>
            );
          })}
      </ol>
    </Panel>
  );
}
