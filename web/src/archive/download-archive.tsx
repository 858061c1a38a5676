"use client";

import { Download, FileArchive } from "lucide-react";
import { useState } from "react";
import { useQuery } from "urql";
import { besideGraphql } from "@/api/beside-graphql";
import { useApi } from "@/api/provider";
import { byteSize, plural } from "@/format/number";
import type { ArchiveArtifact } from "@/generated/graphql";
import { Button, linkLook } from "@/ui/button";
import { Popover } from "@/ui/popover";
import { ErrorNotice, Skeleton } from "@/ui/states";
import { archiveLink, runArchive } from "./queries";

const names: Readonly<Record<ArchiveArtifact, string>> = {
  SUPER_NET: "The super-net",
  MODELS: "Pre-trained models",
};

/** Offers a run as one file, with the weights that the person ticks. */
export function DownloadArchive({ runId }: { runId: string }) {
  return (
    <Popover
      label="Archive of the run"
      trigger={
        <Button data-testid="download-archive">
          <FileArchive aria-hidden /> Download as archive
        </Button>
      }
    >
      <Offer runId={runId} />
    </Popover>
  );
}

function Offer({ runId }: { runId: string }) {
  const [chosen, setChosen] = useState<readonly ArchiveArtifact[]>([]);
  const [{ data, error }] = useQuery({
    query: runArchive,
    variables: { id: runId },
    requestPolicy: "network-only",
  });
  const archive = data?.searchRun?.archive;
  if (!archive) return error ? <ErrorNotice error={error} /> : <Skeleton className="h-24" />;
  const tick = (kind: ArchiveArtifact, isTicked: boolean) =>
    setChosen(isTicked ? [...chosen, kind] : chosen.filter((each) => each !== kind));
  return (
    <div className="space-y-3" data-testid="archive-offer">
      <p className="text-pretty">
        One file with all that is stored of this run:{" "}
        {plural(archive.architectures, "architecture")} with scores,{" "}
        {plural(archive.events, "event")}, settings and notes. Another platform imports it, and any
        program can read it.
      </p>
      {archive.artifacts?.map(({ kind, files, bytes }) => (
        <label key={kind} className="flex items-start gap-2">
          <input
            type="checkbox"
            className="mt-0.5 size-4 shrink-0 accent-accent"
            checked={chosen.includes(kind)}
            onChange={(event) => tick(kind, event.target.checked)}
          />
          <span>
            {names[kind]}
            <span className="block text-[13px] text-muted">
              {byteSize(bytes)} in {plural(files, "file")}
            </span>
          </span>
        </label>
      ))}
      {archive.artifacts?.length === 0 && (
        <p className="text-[13px] text-muted">No weights of this run are stored.</p>
      )}
      {error && <ErrorNotice error={error} />}
      <DownloadLink runId={runId} artifacts={chosen} />
    </div>
  );
}

function DownloadLink(props: { runId: string; artifacts: readonly ArchiveArtifact[] }) {
  const { address } = useApi();
  const [{ data, error, fetching }] = useQuery({
    query: archiveLink,
    variables: { id: props.runId, artifacts: [...props.artifacts] },
    requestPolicy: "network-only",
  });
  const link = data?.searchRun?.archive.link;
  if (error) return <ErrorNotice error={error} />;
  if (!link || fetching) {
    return (
      <Button look="primary" disabled>
        <Download aria-hidden /> Download
      </Button>
    );
  }
  return (
    <p>
      <a
        href={besideGraphql(address.http, link.url).href}
        className={linkLook({ look: "primary" })}
        download
        data-testid="archive-link"
      >
        <Download aria-hidden /> Download
      </a>
      <span className="mt-2 block text-[13px] text-muted">
        The link works for an hour, also without an account.
      </span>
    </p>
  );
}
