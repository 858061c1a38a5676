import { eventPayloads, type RunEvent } from "@opnas/prisma";

/** The kinds of events after which an architecture's row reads differently. */
const changing = ["candidate.evaluated", "reference.evaluated", "architecture.edited"] as const;

/** Lists the architectures that have a new result, other tags or another note by these events. */
export function changedIn(events: readonly RunEvent[]): string[] {
  return events.flatMap(({ kind, payload }) => {
    const known = changing.find((each) => each === kind);
    const parsed = known === undefined ? undefined : eventPayloads[known].safeParse(payload).data;
    return parsed === undefined ? [] : [parsed.architectureId];
  });
}

/**
 * Reports whether all architectures of a run may have appeared on a leaderboard, or vanished from it: its
 * run was archived, deleted or restored, or belongs to another team.
 * @param followsRuns true if the names and tags of runs decide about the leaderboard's rows, too
 */
export function isMoved(events: readonly RunEvent[], followsRuns: boolean): boolean {
  return events.some(
    (event) =>
      event.kind === "run.visibility" ||
      (followsRuns && event.kind === "run.edited") ||
      editsOf(event).includes("team"),
  );
}

/** Reports whether the run of these events has another name, which rows show. */
export function isRenamed(events: readonly RunEvent[]): boolean {
  return events.some((event) => editsOf(event).includes("name"));
}

/** Lists what of a run an event says that was edited. */
function editsOf({ kind, payload }: RunEvent): readonly string[] {
  if (kind !== "run.edited") return [];
  return eventPayloads[kind].safeParse(payload).data?.changed ?? [];
}
