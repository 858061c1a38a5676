import type { ArchitectureOrder, RunOrder, ViewList } from "@/generated/graphql";

/** The parts of a saved view that its address has. */
interface Saved {
  id: string;
  list: ViewList;
  query: string;
  architectureOrder: ArchitectureOrder | null;
  runOrder: RunOrder | null;
}

const pages: Record<ViewList, string> = { LEADERBOARD: "/", RUNS: "/runs" };

/** Returns the address of the list as a saved view has it. */
export function viewAddress({ id, list, query, architectureOrder, runOrder }: Saved): string {
  const order = architectureOrder ?? runOrder;
  const parameters = new URLSearchParams({
    ...(query !== "" && { where: query }),
    ...(order && { sort: order.field, dir: order.direction }),
    view: id,
  });
  return `${pages[list]}?${parameters.toString()}`;
}
