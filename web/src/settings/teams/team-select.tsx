"use client";

import type { ComponentProps } from "react";
import { Select } from "@/ui/field";
import { useTeams } from "./use-teams";

/** Offers the person's teams in a form; `none` is the choice of none, if there is one. */
export function TeamSelect({ none, ...props }: ComponentProps<"select"> & { none?: string }) {
  const { teams } = useTeams();
  return (
    <Select {...props}>
      {none !== undefined && <option value="">{none}</option>}
      {teams.map(({ id, name }) => (
        <option key={id} value={id}>
          {name}
        </option>
      ))}
    </Select>
  );
}
