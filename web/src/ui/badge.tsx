import { clsx } from "clsx";
import type { ReactNode } from "react";

const tones = {
  neutral: "bg-sunken text-muted",
  accent: "bg-accent-soft text-accent",
  good: "bg-good-soft text-good",
  warn: "bg-warn-soft text-warn",
  bad: "bg-bad-soft text-bad",
} as const;

export type Tone = keyof typeof tones;

export function Badge(props: {
  tone?: Tone;
  dot?: "still" | "pulsing";
  title?: string;
  children: ReactNode;
  "data-testid"?: string;
}) {
  return (
    <span
      title={props.title}
      data-testid={props["data-testid"]}
      className={clsx(
        "inline-flex h-6 shrink-0 items-center gap-1.5 rounded-full px-2 text-xs font-medium whitespace-nowrap",
        tones[props.tone ?? "neutral"],
      )}
    >
      {props.dot && (
        <span
          aria-hidden
          className={clsx(
            "size-1.5 rounded-full bg-current",
            props.dot === "pulsing" && "animate-pulse",
          )}
        />
      )}
      {props.children}
    </span>
  );
}
