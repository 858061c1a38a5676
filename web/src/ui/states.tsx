"use client";

import { clsx } from "clsx";
import { CircleAlert } from "lucide-react";
import type { ReactNode } from "react";
import type { CombinedError } from "urql";
import { toApiError } from "@/api/errors";
import { useConnection } from "@/api/provider";
import { Button } from "./button";

export function Skeleton({ className }: { className?: string }) {
  return <div aria-hidden className={clsx("animate-pulse rounded-md bg-sunken", className)} />;
}

/** Shows placeholder rows while a list is being loaded. */
export function SkeletonRows({ rows, className }: { rows: number; className?: string }) {
  return (
    <div role="status" aria-label="Loading" className="space-y-2">
      {Array.from({ length: rows }, (_, index) => (
        <Skeleton key={index} className={className ?? "h-12"} />
      ))}
    </div>
  );
}

/** Explains why there is nothing to show, and what to do about it. */
export function Empty(props: {
  title: string;
  children: ReactNode;
  action?: ReactNode;
  /** True where it is all that the page shows: its title is then the page's heading. */
  isPage?: boolean;
}) {
  const Title = props.isPage === true ? "h1" : "p";
  return (
    <div className="flex flex-col items-center gap-2 px-4 py-10 text-center">
      <Title className="font-medium">{props.title}</Title>
      <p className="max-w-prose text-sm text-pretty wrap-anywhere text-muted">{props.children}</p>
      {props.action && <div className="mt-2">{props.action}</div>}
    </div>
  );
}

/**
 * Shows a failed operation: the server's message, its code, and a button to retry. A query that got no
 * answer keeps its place: the page says so once (`ConnectionBanner`), and asks again by itself.
 */
export function ErrorNotice({ error, retry }: { error: CombinedError; retry?: () => void }) {
  const { message, code } = toApiError(error);
  const { state } = useConnection();
  if (retry && code === "NETWORK" && state !== "live") return <Skeleton className="h-12" />;
  return (
    <div
      role="alert"
      data-testid="error-notice"
      className="flex flex-wrap items-center gap-3 rounded-lg border border-bad/40 bg-bad-soft px-4 py-3 text-sm"
    >
      <CircleAlert aria-hidden className="size-4 shrink-0 text-bad" />
      <p className="min-w-0 flex-1 basis-60 wrap-anywhere">
        {message} <span className="font-mono text-xs text-muted">{code}</span>
      </p>
      {retry && (
        <Button size="small" onClick={retry}>
          Try again
        </Button>
      )}
    </div>
  );
}
