import type { RunStatus } from "@/generated/graphql";
import { isActive } from "@/status/status";

/**
 * Returns the words of a panel without content: the promise of a run that goes on, or that the run
 * ended before.
 */
export function notYet(status: RunStatus, promise: string): string {
  if (isActive(status)) return promise;
  if (status === "DONE") return "The search ended without any.";
  const end = status === "FAILED" ? "failed" : "was cancelled";
  return `None: the search ${end} before. It goes on from there when it is resumed.`;
}
