"use client";

import { DownloadArchive } from "@/archive/download-archive";
import type { FullRun } from "@/run/queries";
import { CloneRun } from "./clone-run";
import { DescribeRun } from "./describe-run";

/** Buttons that open a form or an offer beside them. */
export default function RunTools({ run }: { run: FullRun }) {
  return (
    <>
      <DescribeRun run={run} />
      <CloneRun run={run} />
      {run.deletedAt === null && <DownloadArchive runId={run.id} />}
    </>
  );
}
