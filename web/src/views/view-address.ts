import type { ArchitectureOrder } from "@/generated/graphql";

/** The parts of a saved view that its address has. */
interface Saved {
  id: string;
  query: string;
  architectureOrder: ArchitectureOrder | null;
}

/** Returns the address of the leaderboard as a saved view has it. */
export function viewAddress({ id, query, architectureOrder }: Saved): string {
  const parameters = new URLSearchParams({
    ...(query !== "" && { where: query }),
    ...(architectureOrder && { sort: architectureOrder.field, dir: architectureOrder.direction }),
    view: id,
  });
  return `/?${parameters.toString()}`;
}
