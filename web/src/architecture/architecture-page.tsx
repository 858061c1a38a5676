"use client";

import Link from "next/link";
import { compact, score } from "@/format/number";
import { Exports } from "@/exports/exports";
import { Pretrainings } from "@/pretraining/pretrainings";
import { ButtonLink } from "@/ui/button";
import { Card } from "@/ui/card";
import { PageHeader, Stat } from "@/ui/page";
import { Empty, ErrorNotice, Skeleton } from "@/ui/states";
import { Backbone } from "./backbone";
import { Evaluations } from "./evaluations";
import { JsonPanel } from "./json-panel";
import { Lineage } from "./lineage";
import { Pattern } from "./pattern";
import type { Architecture } from "./queries";
import { ReferenceBadge } from "./reference-badge";
import { StabilityBadge } from "./stability-badge";
import { TaskScores } from "./task-scores";
import { Uniformity } from "./uniformity";
import { useArchitecture } from "./use-architecture";

/** Shows one architecture: its backbone and graphs, its scores and its lineage. */
export function ArchitecturePage({ id }: { id: string }) {
  const { architecture, found, error, retry } = useArchitecture(id);
  if (found === false) {
    return (
      <Empty
        isPage
        title="There is no such architecture"
        action={<ButtonLink href="/">Leaderboard</ButtonLink>}
      >
        It may belong to another database, or its address was mistyped.
      </Empty>
    );
  }
  if (!architecture) {
    return error ? <ErrorNotice error={error} retry={retry} /> : <ArchitectureSkeleton />;
  }
  return (
    <div data-testid="architecture-page">
      <title>{`${architecture.name} · OP-NAS`}</title>
      <Head architecture={architecture} />
      <div className="grid grid-cols-1 items-start gap-6 lg:grid-cols-[minmax(0,1fr)_24rem] lg:grid-rows-[auto_1fr]">
        <div className="min-w-0 lg:col-start-2">
          <TaskScores scores={architecture.taskScores} />
        </div>
        <div className="min-w-0 lg:col-start-1 lg:row-span-2 lg:row-start-1">
          <Backbone layers={architecture.layers} />
        </div>
        <div className="min-w-0 space-y-6 lg:col-start-2">
          <Lineage architecture={architecture} />
          <Uniformity architecture={architecture} />
          <Evaluations evaluations={architecture.evaluations} />
          <Pretrainings architectureId={architecture.id} />
          <Exports architectureId={architecture.id} />
          <JsonPanel name={architecture.name} json={architecture.json} />
        </div>
      </div>
    </div>
  );
}

function Head({ architecture }: { architecture: Architecture }) {
  const { name, key, run, generationIndex, reference, layers, params, flops, stability } =
    architecture;
  return (
    <>
      <PageHeader
        title={
          <span className="flex flex-wrap items-center gap-x-3 gap-y-1">
            {name} {reference && <ReferenceBadge />} <StabilityBadge stability={stability} />
          </span>
        }
        note={
          <>
            <Link href={`/runs/${run.id}`} className="text-accent underline underline-offset-2">
              {run.name}
            </Link>{" "}
            · {reference ? "reference backbone" : `generation ${generationIndex}`} ·{" "}
            <span className="font-mono text-xs break-all">{key.slice(0, 16)}</span>
          </>
        }
      />
      {architecture.failed && (
        <p
          role="alert"
          className="mb-6 rounded-lg bg-bad-soft px-3 py-2 text-sm wrap-anywhere"
          data-testid="architecture-failed"
        >
          Its evaluation failed, and it counts as score 0 in the search.{" "}
          {architecture.failed.message}{" "}
          <span className="font-mono text-xs text-muted">{architecture.failed.code}</span>
        </p>
      )}
      <Card aria-label="Figures" className="mb-6 p-4 sm:px-5">
        <dl className="grid grid-cols-2 gap-x-8 gap-y-4 sm:flex sm:flex-wrap sm:gap-x-12">
          <Stat label="Score">{score(architecture.score)}</Stat>
          <Stat label="Parameters">{compact(params)}</Stat>
          <Stat label="FLOPs per sequence">{compact(flops)}</Stat>
          <Stat label={`${layers.length} layers`}>
            <Pattern layers={layers} />
          </Stat>
        </dl>
      </Card>
    </>
  );
}

function ArchitectureSkeleton() {
  return (
    <div role="status" aria-label="Loading" className="space-y-6">
      <Skeleton className="h-9 w-72" />
      <Skeleton className="h-20" />
      <Skeleton className="h-96" />
    </div>
  );
}
