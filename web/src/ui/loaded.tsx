"use client";

import type { ReactNode } from "react";
import type { CombinedError } from "urql";
import { ErrorNotice, SkeletonRows } from "./states";

/** Shows a list that is being loaded, failed, is empty or has rows. */
export function Loaded<Row>(props: {
  rows: readonly Row[] | undefined;
  error: CombinedError | undefined;
  retry: () => void;
  /** A sentence that says what would be here, and how it comes here. */
  empty: ReactNode;
  children: (rows: readonly Row[]) => ReactNode;
}) {
  const { rows, error, retry, empty, children } = props;
  return (
    <>
      {error && (
        <div className="mb-3">
          <ErrorNotice error={error} retry={retry} />
        </div>
      )}
      {!rows && !error && <SkeletonRows rows={3} className="h-9" />}
      {rows?.length === 0 && <p className="text-sm text-pretty text-muted">{empty}</p>}
      {rows && rows.length > 0 && children(rows)}
    </>
  );
}
