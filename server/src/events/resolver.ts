import type {
  Architecture as ArchitectureRow,
  Generation as GenerationRow,
  RunEvent as EventRow,
  SearchRun as RunRow,
} from "@opnas/prisma";
import { Arg, Ctx, FieldResolver, ID, Int, Resolver, Root, Subscription } from "type-graphql";
import { z } from "zod";
import { Architecture } from "../architecture/types.js";
import type { Context } from "../context.js";
import { isRowId } from "../input.js";
import { Generation, SearchRun } from "../run/types.js";
import { notFound } from "../notFound.js";
import { followRun } from "./follow.js";
import { SearchEvent } from "./types.js";

/** The rows that payloads of any kind may refer to. */
const referencesSchema = z.object({
  architectureId: z.uuid().nullish(),
  bestArchitectureId: z.uuid().nullish(),
  generationId: z.uuid().nullish(),
});

interface EventArguments {
  runId: string;
  after: number | null;
}

async function events({ runId, after }: EventArguments, context: Context) {
  const isThere =
    isRowId(runId) && (await context.database.searchRun.count({ where: { id: runId } })) > 0;
  if (!isThere) throw notFound("run", runId);
  return followRun(context, runId, after ?? 0);
}

@Resolver(() => SearchEvent)
export class EventResolver {
  @Subscription(() => SearchEvent, {
    subscribe: ({ args, context }: { args: EventArguments; context: Context }) =>
      events(args, context),
    description:
      "Replays every stored event with seq > after, then follows live: nothing missed, nothing twice.",
  })
  searchEvents(
    @Arg("runId", () => ID) _runId: string,
    @Arg("after", () => Int, { nullable: true, defaultValue: 0 }) _after: number | null,
    @Root() event: EventRow,
  ): EventRow {
    return event;
  }

  @FieldResolver(() => SearchRun)
  run(@Root() { runId }: EventRow, @Ctx() { loaders }: Context): Promise<RunRow> {
    return loaders.run.load(runId);
  }

  @FieldResolver(() => Architecture, { nullable: true })
  async architecture(
    @Root() { payload }: EventRow,
    @Ctx() { loaders }: Context,
  ): Promise<ArchitectureRow | null> {
    const { architectureId, bestArchitectureId } = referencesSchema.parse(payload);
    const id = architectureId ?? bestArchitectureId;
    return id == null ? null : loaders.architecture.load(id);
  }

  @FieldResolver(() => Generation, { nullable: true })
  async generation(
    @Root() { payload }: EventRow,
    @Ctx() { loaders }: Context,
  ): Promise<GenerationRow | null> {
    const { generationId } = referencesSchema.parse(payload);
    return generationId == null ? null : loaders.generation.load(generationId);
  }
}
