"use client";

import Link from "next/link";
import { useLiveQuery } from "@/api/use-live-query";
import { useThrottledRefetch } from "@/api/use-throttled-refetch";
import { plural } from "@/format/number";
import type { FullRun } from "@/run/queries";
import { ErrorNotice } from "@/ui/states";
import { failedArchitectures } from "./queries";

/**
 * Lists the failed candidates and references with their reasons, and counts the sub-networks that the
 * super-net's training left out.
 */
export function Failures({ run: { id, failures, superNetSkipped } }: { run: FullRun }) {
  const [{ data, error }, retry] = useLiveQuery({ query: failedArchitectures, variables: { id } });
  useThrottledRefetch(retry, failures);
  const failed = data?.searchRun?.failedArchitectures ?? [];
  return (
    <>
      {error && <ErrorNotice error={error} retry={retry} />}
      {superNetSkipped > 0 && (
        <p className="mt-2 text-[13px] text-muted" data-testid="super-net-skipped">
          The super-net left out {plural(superNetSkipped, "sub-network")} whose numbers were not
          finite.
        </p>
      )}
      {(failures > 0 || failed.length > 0) && (
        <details className="mt-2 text-[13px]" data-testid="run-failures">
          <summary className="text-warn">
            {failures > 0 ? `${plural(failures, "candidate")} failed` : "A reference failed"}
          </summary>
          <ul className="mt-1 list-disc space-y-1 pl-5 text-muted">
            {failed.map((each) => (
              <li key={each.id} className="wrap-anywhere">
                <Link href={`/architectures/${each.id}`} className="text-accent hover:underline">
                  {each.name}
                </Link>
                : {each.failed?.message}
              </li>
            ))}
          </ul>
        </details>
      )}
    </>
  );
}
