"use client";

import { useSearchParams } from "next/navigation";
import type { RunFilter, RunOrder } from "@/generated/graphql";
import * as z from "@/security/zod";
import { statuses } from "@/status/status";
import { changeAddress } from "@/views/change-address";

const noConditions = { q: null, where: null, view: null, status: null, place: null };

const viewSchema = z.object({
  q: z.catch(z.nullable(z.string()), null),
  where: z.catch(z.nullable(z.string()), null),
  view: z.catch(z.nullable(z.string()), null),
  status: z.catch(z.nullable(z.enum(statuses)), null),
  place: z.catch(z.enum(["CURRENT", "ARCHIVED", "DELETED"]), "CURRENT"),
  sort: z.catch(z.enum(["CREATED_AT", "BEST_SCORE"]), "CREATED_AT"),
  dir: z.catch(z.enum(["ASC", "DESC"]), "DESC"),
});

/**
 * Reads the filter and the order of the list of runs from the page's address, where they are kept so that
 * a list can be shared.
 */
export function useRunsView() {
  const given = Object.fromEntries(useSearchParams());
  const { q, where, view, status, place, sort, dir } = viewSchema.parse({
    q: null,
    where: null,
    view: null,
    status: null,
    ...given,
  });
  // Without a place the filter itself may ask for archived and deleted runs.
  const filter: RunFilter = {
    ...(place !== "CURRENT" && { visibility: [place] }),
    ...(status && { status: [status] }),
    ...(q && { search: q }),
    ...(where && { query: where }),
  };
  const order: RunOrder = { field: sort, direction: dir };
  return {
    filter,
    order,
    status,
    place,
    /** The id of the saved view that was opened, if one was. */
    view,
    /** The filter, or else the text that is looked for in names. */
    text: where ?? q ?? "",
    /** Takes every condition away; the order stays. */
    clear: () => changeAddress(noConditions),
  };
}
