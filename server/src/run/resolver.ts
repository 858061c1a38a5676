import {
  changeRunState,
  extendRun,
  type OperationStatistic,
  type RunAction,
  type SearchRun as RunRow,
  startRun,
} from "@opnas/prisma";
import {
  Arg,
  Args,
  Ctx,
  ID,
  Int,
  Mutation,
  Query,
  Resolver,
  Root,
  Subscription,
} from "type-graphql";
import type { Context } from "../context.js";
import { ownedBy, refuseForeignText } from "../identity/ownership.js";
import { isRowId } from "../input.js";
import { requireRun } from "../node/lookup.js";
import { notFound } from "../notFound.js";
import type { Page } from "../pagination/keyset.js";
import { CloneSearchInput, RunPageArguments, StartSearchInput } from "./inputs.js";
import { kernelsByDepth, maxCandidates } from "./kernelsByDepth.js";
import { operationPriorities } from "./operationPriorities.js";
import { runPage } from "./page.js";
import { refuseMissingText } from "./ownTexts.js";
import { plannedClone, plannedRun } from "./startSearch.js";
import { LayerChoices, OperationPriority } from "./statistics.js";
import { SearchRun, SearchRunConnection } from "./types.js";
import { UsualLength } from "../http/cost.js";

const idArgument = { description: "The run's id." };

@Resolver()
export class RunResolver {
  @Query(() => SearchRun, {
    nullable: true,
    description: "One run by its id. An unknown id gets the error NOT_FOUND.",
  })
  searchRun(
    @Arg("id", () => ID, idArgument) id: string,
    @Ctx() { database }: Context,
  ): Promise<RunRow> {
    return requireRun(database, id);
  }

  @Query(() => SearchRunConnection, { description: "The runs, by default the newest first." })
  searchRuns(
    @Args(() => RunPageArguments) page: RunPageArguments,
    @Ctx() { database, teamIds, principal }: Context,
  ): Promise<Page> {
    return runPage(database, page, teamIds, principal.userId);
  }

  @UsualLength(100)
  @Query(() => [OperationPriority], {
    description:
      "The statistics that a generation was sampled with: the newest generation, the given one, or all of them in order. Empty for strategies without such statistics.",
  })
  async operationPriorities(
    @Arg("runId", () => ID, idArgument) id: string,
    @Arg("generation", () => Int, {
      nullable: true,
      description: "The generation's number; by default the newest that has statistics.",
    })
    generation: number | null,
    @Arg("allGenerations", () => Boolean, {
      defaultValue: false,
      description: "True to read every generation; `generation` then has no effect.",
    })
    allGenerations: boolean,
    @Ctx() { database }: Context,
  ): Promise<OperationStatistic[]> {
    await requireRun(database, id);
    return operationPriorities(database, id, allGenerations ? "all" : (generation ?? "newest"));
  }

  @UsualLength(12)
  @Query(() => [LayerChoices], {
    description:
      "The number of times that the best candidates of a run have attention and each kernel size, for each layer. Empty while none is scored.",
  })
  async kernelsByDepth(
    @Arg("runId", () => ID, idArgument) id: string,
    @Arg("top", () => Int, {
      defaultValue: 10,
      description: `The number of best candidates to count, 1 to ${maxCandidates}.`,
    })
    top: number,
    @Ctx() { database }: Context,
  ): Promise<LayerChoices[]> {
    await requireRun(database, id);
    return kernelsByDepth(database, id, top);
  }

  @Mutation(() => SearchRun, {
    description: "Starts a search: records the run and queues its first job. Returns the run.",
  })
  async startSearch(
    @Arg("input", () => StartSearchInput, { description: "The search to start." })
    input: StartSearchInput,
    @Ctx() context: Context,
  ): Promise<RunRow> {
    const planned = plannedRun(input);
    await refuseForeignText(context, planned.settings.text);
    await refuseMissingText(context, planned.settings.text, ["input", "settings", "text"]);
    const owned = await ownedBy(context, planned, input.teamId);
    return startRun(context.database, context.queue, owned);
  }

  @Mutation(() => SearchRun, {
    description:
      "Starts a search with the settings, seed and preset of another, in whatever state that is, and with changes. Returns the new run.",
  })
  async cloneSearch(
    @Arg("id", () => ID, { description: "The id of the run to clone." }) id: string,
    @Arg("changes", () => CloneSearchInput, {
      nullable: true,
      description: "The changes; without any, the same search runs again.",
    })
    changes: CloneSearchInput | null,
    @Arg("idempotencyKey", () => String, {
      nullable: true,
      description:
        "A text of 1 to 200 characters chosen by the client: repeating a request with the same key returns the first clone; with other input it is refused.",
    })
    idempotencyKey: string | null,
    @Ctx() context: Context,
  ): Promise<RunRow> {
    const { database, queue } = context;
    const run = await requireRun(database, id);
    if (run.deletedAt !== null) throw notFound("run", id);
    const planned = plannedClone(run, changes, idempotencyKey);
    await refuseForeignText(context, planned.settings.text);
    await refuseMissingText(context, planned.settings.text, ["changes", "settings", "text"]);
    return startRun(database, queue, await ownedBy(context, planned, run.teamId));
  }

  @Mutation(() => SearchRun, {
    description:
      "Pauses a queued or running search: workers stop between two steps and keep the work done.",
  })
  pauseSearch(
    @Arg("id", () => ID, idArgument) id: string,
    @Ctx() context: Context,
  ): Promise<RunRow> {
    return change(context, id, "pause");
  }

  @Mutation(() => SearchRun, {
    description:
      "Resumes a paused, failed or cancelled search from where it was. A failed one tries its failed candidates again, but for those that nothing can evaluate.",
  })
  resumeSearch(
    @Arg("id", () => ID, idArgument) id: string,
    @Ctx() context: Context,
  ): Promise<RunRow> {
    return change(context, id, "resume");
  }

  @Mutation(() => SearchRun, {
    description: "Cancels a search that is not over. What is done is kept, and it can be resumed.",
  })
  cancelSearch(
    @Arg("id", () => ID, idArgument) id: string,
    @Ctx() context: Context,
  ): Promise<RunRow> {
    return change(context, id, "cancel");
  }

  @Mutation(() => SearchRun, {
    description:
      "Extends a finished search by more generations: it goes on as if it had been started with the larger budget.",
  })
  async extendSearch(
    @Arg("id", () => ID, idArgument) id: string,
    @Arg("generations", () => Int, { description: "The number of generations to add, 1 or more." })
    generations: number,
    @Ctx() { database, queue, quota }: Context,
  ): Promise<RunRow> {
    if (!isRowId(id)) throw notFound("run", id);
    return extendRun(database, queue, id, generations, quota);
  }

  @Subscription(() => SearchRun, {
    subscribe: ({ context }: { context: Context }) => context.streams.runs.follow(context.teamIds),
    description:
      "Every run that is not over, at once; then each run that is new or changed (status, phase, progress, scores), at most four times a second.",
  })
  runsChanged(@Root() run: RunRow): RunRow {
    return run;
  }
}

async function change({ database, queue, quota }: Context, id: string, action: RunAction) {
  if (!isRowId(id)) throw notFound("run", id);
  return changeRunState(database, queue, id, action, quota);
}
