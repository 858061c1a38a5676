import type { Generation as GenerationRow, RunEvent as EventRow } from "@opnas/prisma";
import { Ctx, FieldResolver, Resolver, Root } from "type-graphql";
import { z } from "zod";
import type { ArchitectureRow } from "../architecture/row.js";
import { Architecture } from "../architecture/types.js";
import type { Context } from "../context.js";
import type { RunRow } from "../run/row.js";
import { Generation, SearchRun } from "../run/types.js";
import { detailsOf, SearchEventDetails } from "./details.js";
import { SearchEvent } from "./types.js";

/** The rows that payloads of any kind may refer to. */
const referencesSchema = z.object({
  architectureId: z.uuid().nullish(),
  bestArchitectureId: z.uuid().nullish(),
  generationId: z.uuid().nullish(),
});

@Resolver(() => SearchEvent)
export class SearchEventFields {
  @FieldResolver(() => SearchRun, { description: "The run in its present state." })
  run(@Root() { runId }: EventRow, @Ctx() { loaders }: Context): Promise<RunRow> {
    return loaders.run.load(runId);
  }

  @FieldResolver(() => Architecture, {
    nullable: true,
    description:
      "The architecture that the event is about; of run.finished the best one. Null for other kinds.",
  })
  async architecture(
    @Root() { payload }: EventRow,
    @Ctx() { loaders }: Context,
  ): Promise<ArchitectureRow | null> {
    const { architectureId, bestArchitectureId } = referencesSchema.parse(payload);
    const id = architectureId ?? bestArchitectureId;
    return id == null ? null : loaders.architecture.load(id);
  }

  @FieldResolver(() => SearchEventDetails, {
    nullable: true,
    description:
      "The event's data, typed by its kind. Null for a kind that this version does not know.",
  })
  details(@Root() { kind, payload }: EventRow): object | null {
    return detailsOf(kind, payload);
  }

  @FieldResolver(() => Generation, {
    nullable: true,
    description: "The generation that the event is about. Null for other kinds.",
  })
  async generation(
    @Root() { payload }: EventRow,
    @Ctx() { loaders }: Context,
  ): Promise<GenerationRow | null> {
    const { generationId } = referencesSchema.parse(payload);
    return generationId == null ? null : loaders.generation.load(generationId);
  }
}
