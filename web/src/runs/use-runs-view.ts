"use client";

import { useSearchParams } from "next/navigation";
import { useMemo } from "react";
import { changeAddress } from "@/api/change-address";
import type { RunFilter, RunVisibility } from "@/generated/graphql";
import * as z from "@/security/zod";
import { statuses } from "@/status/status";

/** The lists of runs, by the places that runs can be put to. */
export const places = ["CURRENT", "ARCHIVED", "DELETED"] as const satisfies RunVisibility[];

const viewSchema = z.object({
  status: z.enum(statuses).nullable().catch(null),
  list: z.enum(places).catch("CURRENT"),
  q: z.string().nullable().catch(null),
});

/** Reads the conditions of the list of runs from the page's address, where they are kept. */
export function useRunsView() {
  const params = useSearchParams();
  const { status, list, q } = viewSchema.parse({
    status: params.get("status"),
    list: params.get("list") ?? undefined,
    q: params.get("q"),
  });
  const filter = useMemo<RunFilter>(
    () => ({ visibility: [list], ...(status && { status: [status] }), ...(q && { search: q }) }),
    [list, status, q],
  );
  return {
    status,
    list,
    search: q ?? "",
    filter,
    change: (changes: Partial<Record<"status" | "list" | "q", string | null>>) =>
      changeAddress(changes),
  };
}
