import type { RunEvent as EventRow } from "@opnas/prisma";
import { Arg, ID, Int, Resolver, Root, Subscription } from "type-graphql";
import type { Context } from "../context.js";
import { isRowId } from "../input.js";
import { notFound } from "../notFound.js";
import { followRun } from "./follow.js";
import { SearchEvent } from "./types.js";

interface EventArguments {
  runId: string;
  after: number | null;
}

async function events({ runId, after }: EventArguments, context: Context) {
  const exists =
    isRowId(runId) && (await context.database.searchRun.count({ where: { id: runId } })) > 0;
  if (!exists) throw notFound("run", runId);
  return followRun(context, runId, after ?? 0);
}

@Resolver()
export class EventResolver {
  @Subscription(() => SearchEvent, {
    subscribe: ({ args, context }: { args: EventArguments; context: Context }) =>
      events(args, context),
    description:
      "The events of a run with a seq above `after`: first the stored ones, then those that are added, in order, none missed and none twice.",
  })
  searchEvents(
    @Arg("runId", () => ID, { description: "The run's id." }) _runId: string,
    @Arg("after", () => Int, {
      nullable: true,
      defaultValue: 0,
      description: "The seq of the last event already known; 0 is before the first.",
    })
    _after: number | null,
    @Root() event: EventRow,
  ): EventRow {
    return event;
  }
}
