import {
  type Evaluation as EvaluationRow,
  type Generation as GenerationRow,
  Prisma,
  type RunEvent as EventRow,
  runOriginSchema,
  type SearchRun as StoredRun,
  settingsOfRun,
} from "@opnas/prisma";
import type { SearchSettings as SearchSettingsValues } from "@opnas/core";
import { GraphQLJSON } from "graphql-scalars";
import { Arg, Args, Ctx, FieldResolver, Float, Int, Resolver, Root } from "type-graphql";
import { architecturePage } from "../architecture/page.js";
import { Evaluation } from "../architecture/evaluationTypes.js";
import { type ArchitectureRow, withoutJson } from "../architecture/row.js";
import {
  Architecture,
  ArchitectureConnection,
  ArchitecturePageArguments,
} from "../architecture/types.js";
import type { Context } from "../context.js";
import type { Loaders } from "../loaders.js";
import { SearchEvent } from "../events/types.js";
import { maxPageSize, type Page, pageSize } from "../pagination/keyset.js";
import { Progress, progressOf } from "./progress.js";
import type { RunRow } from "./row.js";
import { RunTimings } from "./timings.js";
import { SearchSettings } from "../setting/typed.js";
import { storedError } from "./storedError.js";
import { Generation, RunError, RunOrigin, SearchRun } from "./types.js";
import { UsualLength } from "../http/cost.js";

const defaultEventCount = 50;

@Resolver(() => SearchRun)
export class RunFields {
  @FieldResolver(() => RunOrigin, {
    nullable: true,
    description: "The archive that it was imported from. Null for a run that was started here.",
  })
  origin(@Root() { origin }: RunRow): RunOrigin | null {
    const stored = runOriginSchema.safeParse(origin).data;
    if (stored === undefined) return null;
    const { program, status, madeAt, importedAt } = stored;
    return { program, status, madeAt: new Date(madeAt), importedAt: new Date(importedAt) };
  }

  @FieldResolver(() => RunError, {
    nullable: true,
    description: "The error that it failed with. Null if it did not fail.",
  })
  error(@Root() { error }: RunRow): RunError | null {
    return storedError(error);
  }

  @FieldResolver(() => SearchSettings, {
    description: "All settings, those of the preset with the changes of the request.",
  })
  async typedSettings(
    @Root() run: RunRow,
    @Ctx() { loaders }: Context,
  ): Promise<SearchSettingsValues> {
    return settingsOfRun(await storedSettings(run, loaders));
  }

  @FieldResolver(() => GraphQLJSON, {
    deprecationReason: "Read the typed field typedSettings.",
    description:
      "All settings, those of the preset with the changes of the request; see settingDescriptions.",
  })
  async settings(@Root() run: RunRow, @Ctx() { loaders }: Context): Promise<unknown> {
    return (await storedSettings(run, loaders)).settings;
  }

  @FieldResolver(() => Progress, { description: "The progress of the run." })
  async progress(@Root() run: RunRow, @Ctx() { loaders }: Context): Promise<Progress> {
    return progressOf(run, settingsOfRun(await storedSettings(run, loaders)));
  }

  @UsualLength(20)
  @FieldResolver(() => [Generation], { description: "The generations, the initial one first." })
  generations(@Root() { id }: RunRow, @Ctx() { loaders }: Context): Promise<GenerationRow[]> {
    return loaders.generationsOfRun.load(id);
  }

  @FieldResolver(() => Architecture, {
    nullable: true,
    description: "The candidate with the highest score. Null while none is scored.",
  })
  async bestArchitecture(
    @Root() { id }: RunRow,
    @Ctx() { loaders }: Context,
  ): Promise<ArchitectureRow | null> {
    const best = await loaders.bestArchitectureId.load(id);
    return best === null ? null : loaders.architecture.load(best);
  }

  @FieldResolver(() => ArchitectureConnection, {
    description:
      "All candidates of the run, without the references. Those not evaluated yet come last by score.",
  })
  architectures(
    @Root() { id }: RunRow,
    @Args(() => ArchitecturePageArguments) page: ArchitecturePageArguments,
    @Ctx() { database }: Context,
  ): Promise<Page<ArchitectureRow>> {
    const source = {
      from: Prisma.sql`"Architecture" a`,
      id: Prisma.sql`a.id`,
      conditions: [Prisma.sql`a."runId" = ${id}::uuid AND a.reference IS NULL`],
    };
    return architecturePage(database, source, page, false);
  }

  @UsualLength(4)
  @FieldResolver(() => [Architecture], {
    description:
      "The published backbones that are evaluated beside the candidates, under the same protocol; empty where the settings leave them out.",
  })
  references(@Root() { id }: RunRow, @Ctx() { loaders }: Context): Promise<ArchitectureRow[]> {
    return loaders.referencesOfRun.load(id);
  }

  @UsualLength(20)
  @FieldResolver(() => [Architecture], {
    description: `The candidates and references whose evaluation failed for good, the oldest first, at most ${maxPageSize}.`,
  })
  failedArchitectures(
    @Root() { id }: RunRow,
    @Ctx() { database }: Context,
  ): Promise<ArchitectureRow[]> {
    return database.architecture.findMany({
      where: { runId: id, failureCode: { not: null } },
      omit: withoutJson,
      orderBy: { id: "asc" },
      take: maxPageSize,
    });
  }

  @FieldResolver(() => [SearchEvent], {
    description: "The stored events with a seq above `after`, in order.",
  })
  async events(
    @Root() { id }: RunRow,
    @Arg("first", () => Int, {
      nullable: true,
      defaultValue: defaultEventCount,
      description: `The most events to return, 1 to ${maxPageSize}.`,
    })
    first: number | null,
    @Arg("after", () => Int, {
      nullable: true,
      description: "The seq of the last event already known; by default 0, before the first.",
    })
    after: number | null,
    @Ctx() { database }: Context,
  ): Promise<EventRow[]> {
    return database.runEvent.findMany({
      where: { runId: id, seq: { gt: after ?? 0 } },
      orderBy: { seq: "asc" },
      take: pageSize(first, defaultEventCount),
    });
  }

  @FieldResolver(() => RunTimings, { description: "The split of the time that workers spent." })
  timings(@Root() { id }: RunRow, @Ctx() { loaders }: Context): Promise<RunTimings> {
    return loaders.timings.load(id);
  }
}

/** Returns the settings of a run, which are read where its list has left them out. */
async function storedSettings(
  { id, settings }: RunRow,
  { settings: loader }: Loaders,
): Promise<Pick<StoredRun, "settings">> {
  return settings === undefined ? loader.load(id) : { settings };
}

@Resolver(() => Generation)
export class GenerationFields {
  @FieldResolver(() => Float, {
    nullable: true,
    description:
      "The highest score in this generation and those before it, 0 to 100. Null while none is scored.",
  })
  async bestScoreSoFar(
    @Root() { runId, index }: GenerationRow,
    @Ctx() { loaders }: Context,
  ): Promise<number | null> {
    const scores = (await loaders.generationsOfRun.load(runId))
      .filter((generation) => generation.index <= index)
      .flatMap(({ bestScore }) => (bestScore === null ? [] : [bestScore]));
    return scores.length === 0 ? null : Math.max(...scores);
  }

  @UsualLength(20)
  @FieldResolver(() => [Architecture], {
    description: "The candidates, in the order they were proposed in.",
  })
  candidates(
    @Root() { id }: GenerationRow,
    @Ctx() { loaders }: Context,
  ): Promise<ArchitectureRow[]> {
    return loaders.candidatesOfGeneration.load(id);
  }

  @UsualLength(20)
  @FieldResolver(() => [Evaluation], {
    description: "The evaluations of its candidates, in the candidates' order.",
  })
  evaluations(
    @Root() { id }: GenerationRow,
    @Ctx() { loaders }: Context,
  ): Promise<EvaluationRow[]> {
    return loaders.evaluationsOfGeneration.load(id);
  }
}
