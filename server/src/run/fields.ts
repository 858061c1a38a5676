import {
  type Architecture as ArchitectureRow,
  type Generation as GenerationRow,
  Prisma,
  type RunEvent as EventRow,
  type SearchRun as RunRow,
  settingsOfRun,
} from "@opnas/prisma";
import { Arg, Ctx, FieldResolver, Int, Resolver, Root } from "type-graphql";
import { z } from "zod";
import { architecturePage } from "../architecture/page.js";
import { Architecture, ArchitectureConnection, ArchitectureOrder } from "../architecture/types.js";
import type { Context } from "../context.js";
import { SearchEvent } from "../events/types.js";
import { type Page, pageSize, usualPage } from "../pagination/keyset.js";
import { Progress, progressOf } from "./progress.js";
import { RunTimings } from "./timings.js";
import { Generation, RunError, SearchRun } from "./types.js";

const usualEvents = 50;

const runErrorSchema = z.object({ code: z.string(), message: z.string() });

@Resolver(() => SearchRun)
export class RunFields {
  @FieldResolver(() => RunError, { nullable: true })
  error(@Root() { error }: RunRow): RunError | null {
    return error === null ? null : runErrorSchema.parse(error);
  }

  @FieldResolver(() => Progress)
  progress(@Root() run: RunRow): Progress {
    return progressOf(run, settingsOfRun(run));
  }

  @FieldResolver(() => [Generation])
  generations(@Root() { id }: RunRow, @Ctx() { loaders }: Context): Promise<GenerationRow[]> {
    return loaders.generationsOfRun.load(id);
  }

  @FieldResolver(() => Architecture, { nullable: true })
  async bestArchitecture(
    @Root() { id }: RunRow,
    @Ctx() { loaders }: Context,
  ): Promise<ArchitectureRow | null> {
    const best = await loaders.bestArchitectureId.load(id);
    return best === null ? null : loaders.architecture.load(best);
  }

  @FieldResolver(() => ArchitectureConnection, {
    description:
      "All candidates of the run, also those not evaluated yet, which come last by score.",
  })
  architectures(
    @Root() { id }: RunRow,
    @Arg("first", () => Int, { nullable: true, defaultValue: usualPage }) first: number | null,
    @Arg("after", () => String, { nullable: true }) after: string | null,
    @Arg("orderBy", () => ArchitectureOrder, { nullable: true }) orderBy: ArchitectureOrder | null,
    @Ctx() { database }: Context,
  ): Promise<Page> {
    const source = {
      from: Prisma.sql`"Architecture" a`,
      id: Prisma.sql`a.id`,
      conditions: [Prisma.sql`a."runId" = ${id}::uuid AND a.reference IS NULL`],
    };
    return architecturePage(database, source, { first, after, orderBy }, false);
  }

  @FieldResolver(() => [Architecture], {
    description:
      "The published backbones that are evaluated beside the candidates, under the same protocol.",
  })
  references(@Root() { id }: RunRow, @Ctx() { loaders }: Context): Promise<ArchitectureRow[]> {
    return loaders.referencesOfRun.load(id);
  }

  @FieldResolver(() => [SearchEvent], { description: "Stored events with seq > after, in order." })
  async events(
    @Root() { id }: RunRow,
    @Arg("first", () => Int, { nullable: true, defaultValue: usualEvents }) first: number | null,
    @Arg("after", () => Int, { nullable: true }) after: number | null,
    @Ctx() { database }: Context,
  ): Promise<EventRow[]> {
    return database.runEvent.findMany({
      where: { runId: id, seq: { gt: after ?? 0 } },
      orderBy: { seq: "asc" },
      take: pageSize(first, usualEvents),
    });
  }

  @FieldResolver(() => RunTimings)
  timings(@Root() { id }: RunRow, @Ctx() { loaders }: Context): Promise<RunTimings> {
    return loaders.timings.load(id);
  }
}
