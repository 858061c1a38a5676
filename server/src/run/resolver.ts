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
import { isRowId } from "../input.js";
import { notFound } from "../notFound.js";
import type { Page } from "../pagination/keyset.js";
import { RunPageArguments, StartSearchInput } from "./inputs.js";
import { kernelsByDepth, maxCandidates } from "./kernelsByDepth.js";
import { operationPriorities } from "./operationPriorities.js";
import { runPage } from "./page.js";
import { plannedRun } from "./startSearch.js";
import { LayerChoices, OperationPriority } from "./statistics.js";
import { SearchRun, SearchRunConnection } from "./types.js";
import { UsualLength } from "../http/cost.js";

const idArgument = { description: "The run's id." };

@Resolver()
export class RunResolver {
  @Query(() => SearchRun, {
    nullable: true,
    description: "One run by its id. Null if there is none.",
  })
  async searchRun(
    @Arg("id", () => ID, idArgument) id: string,
    @Ctx() { database }: Context,
  ): Promise<RunRow | null> {
    return isRowId(id) ? database.searchRun.findUnique({ where: { id } }) : null;
  }

  @Query(() => SearchRunConnection, { description: "The runs, by default the newest first." })
  searchRuns(
    @Args(() => RunPageArguments) page: RunPageArguments,
    @Ctx() { database }: Context,
  ): Promise<Page> {
    return runPage(database, page);
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
    if (!isRowId(id)) return [];
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
    return kernelsByDepth(database, id, top);
  }

  @Mutation(() => SearchRun, {
    description: "Starts a search: records the run and queues its first job. Returns the run.",
  })
  startSearch(
    @Arg("input", () => StartSearchInput, { description: "The search to start." })
    input: StartSearchInput,
    @Ctx() { database, queue }: Context,
  ): Promise<RunRow> {
    return startRun(database, queue, plannedRun(input));
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
    @Ctx() { database, queue }: Context,
  ): Promise<RunRow> {
    if (!isRowId(id)) throw notFound("run", id);
    return extendRun(database, queue, id, generations);
  }

  @Subscription(() => SearchRun, {
    subscribe: ({ context }: { context: Context }) => context.streams.runs.follow(),
    description:
      "Every run that is not over, at once; then each run that is new or changed (status, phase, progress, scores), at most four times a second.",
  })
  runsChanged(@Root() run: RunRow): RunRow {
    return run;
  }
}

async function change({ database, queue }: Context, id: string, action: RunAction) {
  if (!isRowId(id)) throw notFound("run", id);
  return changeRunState(database, queue, id, action);
}
