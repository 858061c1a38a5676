import type { z } from "zod";

/**
 * The condition under which every refinement of a schema runs, as its option `when`: nothing is
 * wrong with the value and its fields so far. Without it zod 4 runs a refinement of an object also
 * when a field failed its own `min`, `max` or `regex`, and so on values of any size.
 */
export function whenValid({ issues }: z.core.ParsePayload): boolean {
  return issues.length === 0;
}
