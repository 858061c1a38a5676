"use client";

import { useSearchParams } from "next/navigation";
import { useMemo } from "react";
import { z } from "@/security/zod";
import { changeAddress, searchFor } from "@/views/change-address";
import type {
  ArchitectureOrder,
  ArchitectureOrderField,
  LeaderboardFilter,
} from "@/generated/graphql";

const viewSchema = z.object({
  preset: z.string().nullable().catch(null),
  run: z.string().nullable().catch(null),
  q: z.string().nullable().catch(null),
  where: z.string().nullable().catch(null),
  view: z.string().nullable().catch(null),
  references: z.enum(["only", "none"]).nullable().catch(null),
  sort: z.enum(["SCORE", "PARAMS", "FLOPS", "STEP_TIME", "CREATED_AT"]).catch("SCORE"),
  dir: z.enum(["ASC", "DESC"]).catch("DESC"),
});

/** The direction of the first sort by a column: cheap, good or new architectures first. */
const firstDirection = {
  SCORE: "DESC",
  PARAMS: "ASC",
  FLOPS: "ASC",
  STEP_TIME: "ASC",
  CREATED_AT: "DESC",
} as const;

export type ViewChange = Partial<
  Record<"preset" | "run" | "q" | "where" | "view" | "references" | "sort" | "dir", string | null>
>;

/**
 * Reads the leaderboard's filter and order from the page's address, where they are kept so that a
 * view can be shared.
 */
export function useView() {
  const params = useSearchParams();
  const { preset, run, q, where, view, references, sort, dir } = viewSchema.parse({
    preset: params.get("preset"),
    run: params.get("run"),
    q: params.get("q"),
    where: params.get("where"),
    view: params.get("view"),
    references: params.get("references"),
    sort: params.get("sort") ?? undefined,
    dir: params.get("dir") ?? undefined,
  });
  const filter = useMemo<LeaderboardFilter>(
    () => ({
      ...(preset && { preset }),
      ...(run && { runId: run }),
      ...(q && { search: q }),
      ...(where && { query: where }),
      ...(references && { references: references === "only" }),
    }),
    [preset, run, q, where, references],
  );
  const order = useMemo<ArchitectureOrder>(() => ({ field: sort, direction: dir }), [sort, dir]);

  const sortBy = (field: ArchitectureOrderField) => changeAddress(nextSort(order, field));
  return {
    filter,
    order,
    preset,
    run,
    references,
    /** The id of the saved view that was opened, if one was. */
    view,
    /** The filter, or else the text that is looked for in names. */
    text: where ?? q ?? "",
    change: changeAddress,
    searchFor,
    sortBy,
  };
}

function nextSort(order: ArchitectureOrder, field: ArchitectureOrderField): ViewChange {
  const turned = order.direction === "ASC" ? "DESC" : "ASC";
  return { sort: field, dir: order.field === field ? turned : firstDirection[field] };
}
