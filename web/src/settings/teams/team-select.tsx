"use client";

import type { ComponentProps } from "react";
import { Select } from "@/ui/field";
import { useTeams } from "./use-teams";

/**
 * Offers the person's teams in a form; `none` is the choice of none, if there is one, and `without` the
 * id of a team that is left out.
 */
export function TeamSelect({
  none,
  without,
  ...props
}: ComponentProps<"select"> & { none?: string; without?: string }) {
  const { teams } = useTeams();
  const offered = teams.filter(({ id }) => id !== without);
  return (
    <Select {...props}>
      {none !== undefined && <option value="">{none}</option>}
      {offered.map(({ id, name }) => (
        <option key={id} value={id}>
          {name}
        </option>
      ))}
    </Select>
  );
}
