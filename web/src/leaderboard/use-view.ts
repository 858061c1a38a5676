"use client";

import { useSearchParams } from "next/navigation";
import { useMemo } from "react";
import * as z from "@/security/zod";
import { changeAddress, searchFor } from "@/views/change-address";
import type {
  ArchitectureOrder,
  ArchitectureOrderField,
  LeaderboardFilter,
} from "@/generated/graphql";
import { nextOrder } from "./order";

const viewSchema = z.object({
  preset: z.catch(z.nullable(z.string()), null),
  run: z.catch(z.nullable(z.string()), null),
  q: z.catch(z.nullable(z.string()), null),
  where: z.catch(z.nullable(z.string()), null),
  view: z.catch(z.nullable(z.string()), null),
  references: z.catch(z.nullable(z.enum(["only", "none"])), null),
  sort: z.catch(z.enum(["SCORE", "PARAMS", "FLOPS", "STEP_TIME", "CREATED_AT"]), "SCORE"),
  dir: z.catch(z.enum(["ASC", "DESC"]), "DESC"),
});

export type ViewChange = Partial<
  Record<"preset" | "run" | "q" | "where" | "view" | "references" | "sort" | "dir", string | null>
>;

const noConditions: ViewChange = {
  preset: null,
  run: null,
  q: null,
  where: null,
  view: null,
  references: null,
};

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

  const sortBy = (field: ArchitectureOrderField) => {
    const next = nextOrder(order, field);
    changeAddress({ sort: next.field, dir: next.direction });
  };
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
    change: (changes: ViewChange) => changeAddress(changes),
    /** Takes every condition away; the order stays. */
    clear: () => changeAddress(noConditions),
    searchFor,
    sortBy,
  };
}
