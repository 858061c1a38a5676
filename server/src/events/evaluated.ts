import { eventPayloads, type RunEvent } from "@opnas/prisma";

/** Lists the architectures that have a new result by these events. */
export function evaluatedIn(events: readonly RunEvent[]): string[] {
  return events.flatMap(({ kind, payload }) => {
    if (kind !== "candidate.evaluated" && kind !== "reference.evaluated") return [];
    const parsed = eventPayloads[kind].safeParse(payload).data;
    return parsed === undefined ? [] : [parsed.architectureId];
  });
}
