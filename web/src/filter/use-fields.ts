"use client";

import { useMemo } from "react";
import { useQuery } from "urql";
import type { ViewList } from "@/generated/graphql";
import { filterFields } from "./queries";

/** Returns the fields that filters of a list may name, and all of their names in lower case. */
export function useFields(list: ViewList) {
  const [{ data }] = useQuery({ query: filterFields, variables: { list } });
  const fields = data?.filterFields;
  return useMemo(() => {
    const known = fields ?? [];
    const names = known.flatMap(({ name, aliases }) => [name, ...aliases]);
    return { fields: known, names: new Set(names.map((name) => name.toLowerCase())) };
  }, [fields]);
}
