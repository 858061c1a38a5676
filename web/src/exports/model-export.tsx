"use client";

import { Download, PackageOpen } from "lucide-react";
import { useMutation, useSubscription } from "urql";
import { besideGraphql } from "@/api/beside-graphql";
import { useApi } from "@/api/provider";
import type { ModelFormat } from "@/generated/graphql";
import { byteSize } from "@/format/number";
import { isActive, statusLooks } from "@/status/status";
import { Button } from "@/ui/button";
import { ProgressBar } from "@/ui/progress-bar";
import { ErrorNotice } from "@/ui/states";
import { exportArchitecture, exportChanges, type ModelExport as Row } from "./queries";

/**
 * Offers an architecture's model with its weights in one form: shows the exports that were made, starts a
 * new one, then has its link.
 */
export function ModelExport(props: {
  architectureId: string;
  format: ModelFormat;
  label: string;
  /** The exports in this form that the page found, the newest first. */
  made: readonly Row[];
}) {
  const { architectureId, format, label, made } = props;
  const [{ data, fetching, error }, start] = useMutation(exportArchitecture);
  const started = data?.exportArchitecture ?? made[0];
  const isFollowed = started !== undefined && isActive(started.status);
  const [{ data: changed }] = useSubscription({
    query: exportChanges,
    variables: { id: started?.id ?? "" },
    pause: !isFollowed,
  });
  // One that is asked for again is done at once, and has a newer link than was followed before.
  const followed = changed?.exportChanged;
  const shown = isFollowed && followed?.id === started.id ? followed : started;
  const others = made.filter(({ id, status }) => id !== shown?.id && status === "DONE");
  const busy = fetching || (shown !== undefined && isActive(shown.status));
  return (
    <div className="space-y-2" data-testid={`export-${format.toLowerCase()}`}>
      <Button
        size="small"
        disabled={busy}
        onClick={() => void start({ id: architectureId, format })}
      >
        <PackageOpen aria-hidden /> {label}
      </Button>
      {shown && <State row={shown} label={label} />}
      {others.map((row) => (
        <State key={row.id} row={row} label={label} />
      ))}
      {error && <ErrorNotice error={error} />}
    </div>
  );
}

function State({ row, label }: { row: Row; label: string }) {
  const { address } = useApi();
  const { status, progress, link, bytes, error, waitingReason, training } = row;
  if (error) {
    return (
      <p role="alert" className="rounded-lg bg-bad-soft px-3 py-2 text-sm wrap-anywhere">
        {error.message} <span className="font-mono text-xs text-muted">{error.code}</span>
      </p>
    );
  }
  if (!link) {
    return (
      <>
        <ProgressBar
          fraction={progress}
          label={`Progress of the export for ${label}`}
          tone={statusLooks[status].bar}
        />
        {waitingReason && <p className="text-[13px] text-muted">{waitingReason}</p>}
      </>
    );
  }
  return (
    <p className="text-[13px]">
      <a
        href={besideGraphql(address.http, link.url).href}
        className="inline-flex items-center gap-1 text-accent underline underline-offset-2"
        download
      >
        <Download aria-hidden className="size-4" /> Download
      </a>{" "}
      <span className="text-muted">
        {bytes !== null && `${byteSize(bytes)}, `}
        {training ? "pre-trained weights" : "its share of the super-net"}; the link works for an
        hour
      </span>
    </p>
  );
}
