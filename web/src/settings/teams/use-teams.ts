"use client";

import { useQuery } from "urql";
import { teamNames } from "./queries";

/** Returns the teams that the person sees, by name, and the name of one by its id. */
export function useTeams() {
  const [{ data }] = useQuery({ query: teamNames });
  const teams = data?.teams ?? [];
  const nameOf = (id: string) => teams.find((team) => team.id === id)?.name ?? id;
  return { teams, nameOf };
}
